"""The REST endpoints of clusters."""
