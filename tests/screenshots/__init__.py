"""`make screenshots`: every page in both themes and languages, wide and narrow, with normal, long, empty and failing data."""
