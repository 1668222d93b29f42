"""Figures of model deployments in the quick start."""
