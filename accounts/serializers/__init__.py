"""The shapes of accounts over REST; nothing here saves."""
