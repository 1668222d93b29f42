"""`manage.py up`: every process of the quick start, started together, watched, and ended together."""
