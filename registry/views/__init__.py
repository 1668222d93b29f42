"""The pages of the model catalogue."""
