"""The three patches that are no apply: JSON patch, JSON merge patch and strategic merge patch."""
