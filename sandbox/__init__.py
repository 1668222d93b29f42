"""An embedded Kubernetes cluster for quick starts and tests; it knows nothing of the program that uses it."""
