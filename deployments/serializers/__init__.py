"""The shapes of deployments in the API, one noun per file."""
