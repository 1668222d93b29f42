"""A scheduler for clusters that have none, over the Kubernetes API alone."""
