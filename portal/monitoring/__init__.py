"""The portal's own /metrics for Prometheus: what the engine does, what the platform has given away, how requests are answered."""
