"""A small asynchronous client of the Kubernetes API, for whatever plays a part of a cluster from outside: calls, watches, events."""
