"""Logs of containers: read live from the cluster, one reader per container and process, however many look at it."""
