"""Nodes, kubelets and a scheduler, played over the Kubernetes API alone, against any API server."""
