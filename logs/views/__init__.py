"""The streams of lines that pages follow, and a log as a file."""
