"""Jobs: pods that run to their end, counted, retried and cleared away."""
