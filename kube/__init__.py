"""Everything that talks to a Kubernetes API server: plain dicts in and out, no Django."""
