"""Makes a cluster ready for the portal with an admin's kubeconfig, once; the portal itself then runs with far less."""
