"""Event: it lives where the object lives that it tells of."""

from sandbox.kinds.errors import Cause, bad_value
from sandbox.kinds.rules import Object, Rules

MISMATCH = "does not match event.namespace"


def _default(event: Object) -> None:
    event.setdefault("involvedObject", {})
    event.setdefault("source", {})
    for key in ("firstTimestamp", "lastTimestamp", "eventTime"):
        event.setdefault(key, None)
    event.setdefault("reportingComponent", "")
    event.setdefault("reportingInstance", "")


def _validate(event: Object) -> list[Cause]:
    involved, own = event["involvedObject"].get("namespace", ""), event["metadata"].get("namespace", "")
    if involved != own and not (not involved and own == "default"):
        return [bad_value("involvedObject.namespace", involved, MISMATCH)]
    return []


EVENT = Rules(_default, _validate)
