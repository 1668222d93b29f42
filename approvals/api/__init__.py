"""REST for requests: read, decide, talk."""
