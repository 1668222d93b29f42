"""Knative's pod autoscaler, simulated: sizes revisions by what the ingress counts of them, down to zero and up again."""
