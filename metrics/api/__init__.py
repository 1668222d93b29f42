"""Series over REST; the addresses stand with whom the series are about."""
