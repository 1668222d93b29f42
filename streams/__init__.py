"""Live events: a bounded Redis stream that everyone publishes to, one reader per web process, Server-Sent Events to browsers."""
