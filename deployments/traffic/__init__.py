"""Measures both sides of a rollout: reads counters where the cluster has them, adds them up, and judges the candidate."""
