"""Keeps the rows equal to what the registry holds."""
