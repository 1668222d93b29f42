"""The API server: one ASGI application over the store."""
