"""Namespaces and what teams hold in them: quota and its dated grants, their manifests, the handlers of their requests."""
