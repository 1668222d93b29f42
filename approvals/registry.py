"""The kinds of request. Apps above register theirs; approvals only ask them."""

from typing import Any

from approvals.models import Request
from reconcile.attempt import Attempt


class RequestKind:
    """What approvals must know of one kind of request. Every method is called inside the action's or engine's own frame."""

    name: str

    def validate(self, request: Request, wanted: dict[str, Any]) -> dict[str, Any]:
        """The snapshot `wanted` (asked or decided) as it may stand. Raises ValidationError per field, telling what to do."""
        raise TypeError(f"{self.name} does not say what is valid")

    def parse_decision(self, request: Request, written: dict[str, Any]) -> dict[str, Any]:
        """The snapshot that results when an approver writes other numbers, as strings. Raises ValidationError per field."""
        raise TypeError(f"{self.name} takes no other numbers")

    def plan(self, request: Request, attempt: Attempt) -> list[dict[str, Any]]:
        """A dry run of every object that a yes would touch. Raises kube.errors.Unreachable."""
        raise TypeError(f"{self.name} cannot be planned")

    def on_approved(self, request: Request) -> int:
        """Writes what was decided as desired state, in the decision's transaction; returns the row's key.

        Raises Conflict when it does not fit any more: then nothing is decided.
        """
        raise TypeError(f"{self.name} cannot be approved")

    def cluster_key(self, request: Request) -> str:
        """What the plan waits for while the cluster is unreachable."""
        return ""

    def unreachable(self, request: Request) -> None:
        """Opens the breaker of the request's cluster."""


_kinds: dict[str, RequestKind] = {}


def register(kind: RequestKind) -> None:
    """Registers a kind of request; called from an app's ready()."""
    _kinds[kind.name] = kind


def request_kind(name: str) -> RequestKind:
    """The kind of this name; KeyError when it is unknown."""
    return _kinds[name]
