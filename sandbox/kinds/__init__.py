"""The kinds that the API server serves, one file each for those with rules of their own."""
