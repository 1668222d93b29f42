"""Model deployments: revisions, rollouts, autoscaling and their manifests."""
