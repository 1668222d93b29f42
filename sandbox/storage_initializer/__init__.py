"""The image sandbox.slipway.dev/storage-initializer:1: fetches a model into a folder. Runs by itself, with the standard library alone."""
