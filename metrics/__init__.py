"""What pods use and what model servers count: sampled by one thread per cluster, kept in rollups, read as series."""
