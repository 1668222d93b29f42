"""The watcher's parts: what is seen in a cluster becomes rows, drift and wake-up calls."""
