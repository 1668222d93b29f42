"""The place of model deployments: their revisions, rollout, autoscaling and manifests. Nothing is built of it yet."""
