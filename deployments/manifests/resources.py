"""A container's resources from a revision's size."""

from typing import Any

from deployments.manifests.facts import Variant
from kube.quantities import format_bytes, format_count, format_cpu


def resources(variant: Variant) -> dict[str, Any]:
    """Requests and limits; cards are in both, since an extended resource cannot be overcommitted."""
    size = variant.spec.size
    cards = {variant.gpu.resource_name: format_count(size.gpus)} if variant.gpu else {}
    return {
        "requests": {"cpu": format_cpu(size.cpu_request), "memory": format_bytes(size.memory_request), **cards},
        "limits": {"cpu": format_cpu(size.cpu_limit), "memory": format_bytes(size.memory_limit), **cards},
    }
