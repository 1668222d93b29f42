"""What a namespace that goes away still waits for, and the five conditions that tell it."""

from collections import Counter
from typing import Any

from sandbox.client.clock import now


class Remaining:
    """How many objects of each resource are left, and which finalizers hold how many of them."""

    def __init__(self) -> None:
        self.resources: Counter[str] = Counter()
        self.finalizers: Counter[str] = Counter()
        self.undiscovered = ""

    def add(self, resource: str, metadata: dict[str, Any]) -> None:
        """Count an object of a resource named as in `deployments.apps`."""
        self.resources[resource] += 1
        self.finalizers.update(metadata.get("finalizers") or [])

    def __bool__(self) -> bool:
        return bool(self.resources or self.undiscovered)


def conditions(left: Remaining, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The five conditions; one whose status stays keeps its lastTransitionTime of `before`."""
    since = {each["type"]: each for each in before}
    return [_condition(*each, since.get(each[0])) for each in (_discovery(left), *_CONSTANT, _content(left), _finalizers(left))]


_CONSTANT = (
    ("NamespaceDeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions", "All legacy kube types successfully parsed"),
    ("NamespaceDeletionContentFailure", "False", "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
)


def _discovery(left: Remaining) -> tuple[str, str, str, str]:
    name = "NamespaceDeletionDiscoveryFailure"
    if left.undiscovered:
        return name, "True", "DiscoveryFailed", f"Discovery failed for some groups, {left.undiscovered}"
    return name, "False", "ResourcesDiscovered", "All resources successfully discovered"


def _content(left: Remaining) -> tuple[str, str, str, str]:
    name = "NamespaceContentRemaining"
    if not left.resources:
        return name, "False", "ContentRemoved", "All content successfully removed"
    listed = ", ".join(f"{resource} has {count} resource instances" for resource, count in sorted(_dotted(left.resources).items()))
    return name, "True", "SomeResourcesRemain", f"Some resources are remaining: {listed}"


def _finalizers(left: Remaining) -> tuple[str, str, str, str]:
    name = "NamespaceFinalizersRemaining"
    if not left.finalizers:
        return name, "False", "ContentHasNoFinalizers", "All content-preserving finalizers finished"
    listed = ", ".join(f"{each} in {count} resource instances" for each, count in sorted(left.finalizers.items()))
    return name, "True", "SomeFinalizersRemain", f"Some content in the namespace has finalizers remaining: {listed}"


def _dotted(resources: Counter[str]) -> dict[str, int]:
    """As the real messages write them: a resource of the core group ends in its dot."""
    return {name if "." in name else f"{name}.": count for name, count in resources.items()}


def _condition(name: str, status: str, reason: str, message: str, before: dict[str, Any] | None) -> dict[str, Any]:
    same = before is not None and before["status"] == status
    at = before["lastTransitionTime"] if before is not None and same else now()
    return {"type": name, "status": status, "lastTransitionTime": at, "reason": reason, "message": message}
