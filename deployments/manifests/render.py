"""All objects of one deployment in the order in which they are applied."""

from typing import Any

from deployments.manifests import (
    horizontal_pod_autoscaler,
    http_route,
    inference_service,
    ingress,
    pod_disruption_budget,
    service_monitor,
)
from deployments.manifests.facts import Facts


def render(facts: Facts) -> list[dict[str, Any]]:
    """The objects inside the namespace; the namespace itself is its own row's. Empty for what is paused and cannot be stopped."""
    return [
        *inference_service.render(facts),
        *horizontal_pod_autoscaler.render(facts),
        *pod_disruption_budget.render(facts),
        *service_monitor.render(facts),
        *http_route.render(facts),
        *ingress.render(facts),
    ]
