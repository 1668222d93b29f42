"""Template tags of the pages, one concern per file."""
