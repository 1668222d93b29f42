"""Lease: the seconds that it lasts and how often it changed hands."""

from sandbox.kinds.errors import Cause, bad_value
from sandbox.kinds.rules import Object, Rules


def _validate(lease: Object) -> list[Cause]:
    spec = lease.get("spec") or {}
    seconds, transitions = spec.get("leaseDurationSeconds", 1), spec.get("leaseTransitions", 0)
    causes = [] if seconds > 0 else [bad_value("spec.leaseDurationSeconds", seconds, "must be greater than 0")]
    return causes if transitions >= 0 else [*causes, bad_value("spec.leaseTransitions", transitions, "must be greater than or equal to 0")]


LEASE = Rules(validate=_validate)
