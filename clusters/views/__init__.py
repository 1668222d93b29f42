"""The pages of clusters: capacity and drift."""
