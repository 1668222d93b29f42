"""REST for the model catalogue."""
