"""REST for deployments."""
