"""Deployments: rolling out a template by ReplicaSets, one revision each."""
