"""What became of one object in one run: the answer of apply and prune."""

from dataclasses import dataclass, field
from typing import Any, Literal

from kube.errors import ApiError
from kube.inventory import Ref

State = Literal["created", "changed", "unchanged", "conflict", "failed", "deleted", "waiting"]


@dataclass(frozen=True, slots=True)
class Result:
    """`reason` is PascalCase, `message` safe to show, `retry_after` in seconds; `digest` is set only when the apply is confirmed."""

    ref: Ref
    state: State
    reason: str = ""
    message: str = ""
    uid: str | None = None
    resource_version: str | None = None
    digest: str | None = None
    paths: list[str] = field(default_factory=list)
    applied_at: str | None = None
    rendered: str | None = None
    retryable: bool = False
    retry_after: float | None = None
    live: dict[str, Any] | None = field(default=None, repr=False, compare=False)

    @property
    def confirmed(self) -> bool:
        """The cluster equals what was wanted."""
        return self.state in ("created", "changed", "unchanged", "deleted")


def refused(ref: Ref, error: ApiError) -> Result:
    """The result of a refusal by the API server, in its own words."""
    if error.field_conflicts:
        owners = "; ".join(f"{manager} owns {path}" for manager, path in error.field_conflicts)
        return Result(ref, "conflict", "FieldConflict", f"Another manager owns fields of this object: {owners}.")
    if error.kind_missing:
        message = f"The cluster does not know {ref.api_version} {ref.kind}; this part waits until it is installed."
        return Result(ref, "waiting", "KindMissing", message, retryable=True, retry_after=error.retry_after)
    if error.namespace_missing:
        return Result(ref, "failed", "NamespaceGone", error.message)
    reason = "NamespaceTerminating" if error.namespace_terminating else error.reason
    return Result(ref, "failed", reason, error.message, retryable=error.retryable, retry_after=error.retry_after)
