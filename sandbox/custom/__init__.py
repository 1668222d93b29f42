"""CustomResourceDefinitions: what a definition may say, and the kinds that come of it."""
