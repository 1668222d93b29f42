"""Rows as Kubernetes objects: pure functions of facts, one kind per file."""

from deployments.manifests.render import render

__all__ = ["render"]
