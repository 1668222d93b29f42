"""Simulated nodes and their kubelets, over the Kubernetes API alone."""
