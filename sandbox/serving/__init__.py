"""KServe, simulated: its kinds, its controller and its ingress. Speaks to the cluster over the Kubernetes API only."""
