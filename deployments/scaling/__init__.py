"""Who changed the number of a deployment's replicas, when, from what to what, and why."""
