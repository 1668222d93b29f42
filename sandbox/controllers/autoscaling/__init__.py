"""HorizontalPodAutoscalers: from metrics to a replica count, and from there to the target's scale."""
