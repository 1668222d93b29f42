"""Changes and faults at random for a while; then the oracle says whether everything is as it was decided."""
