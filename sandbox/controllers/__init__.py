"""The controllers of a control plane, over the Kubernetes API alone, for clusters that have none."""
