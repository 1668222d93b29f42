"""What becomes of an object's dependents when it is deleted: the finalizers by which the garbage collector is told."""

from typing import Any

from sandbox.api.request import Request
from sandbox.kinds.errors import Cause, bad_value, invalid_options, unsupported
from sandbox.kinds.table import Kind
from sandbox.storage.stored import Stored

ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"
POLICIES = {"Foreground": FOREGROUND, "Background": "", "Orphan": ORPHAN}
BOTH = "orphanDependents and deletionPropagation cannot be both set"
# For compatibility, its dependents are kept unless the caller says otherwise.
ORPHANS_BY_DEFAULT = "jobs.batch"
WARNING = (
    "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them "
    "or set propagationPolicy=Orphan to suppress this warning"
)


def read_propagation(request: Request, kind: Kind, options: dict[str, Any]) -> None:
    """Complete the options by the query parameters; raises 422 for what cannot be."""
    if request.option("propagationPolicy"):
        options["propagationPolicy"] = request.option("propagationPolicy")
    if request.option("orphanDependents"):
        options["orphanDependents"] = request.flag("orphanDependents")
    policy, orphans = options.get("propagationPolicy"), options.get("orphanDependents")
    causes: list[Cause] = []
    if policy is not None and orphans is not None:
        causes.append(bad_value("propagationPolicy", policy, BOTH))
    elif policy is not None and policy not in POLICIES:
        causes.append(unsupported("propagationPolicy", policy, (*POLICIES, "nil")))
    if causes:
        raise invalid_options("DeleteOptions", causes)
    if kind.resource == ORPHANS_BY_DEFAULT and policy is None and orphans is None:
        request.warnings.append(WARNING)


def finalizers_for(stored: Stored, options: dict[str, Any]) -> list[str]:
    """The finalizers that the object has from now on; what was decided by an earlier deletion stands unless it is said anew."""
    before: list[str] = stored.value["metadata"].get("finalizers") or []
    if stored.kind.resource == "namespaces":
        return before
    others = [each for each in before if each not in (ORPHAN, FOREGROUND)]
    wanted = _wanted(stored, options, before)
    if wanted and wanted in before:
        return [each for each in before if each == wanted or each in others]
    return [*others, wanted] if wanted else others


def _wanted(stored: Stored, options: dict[str, Any], before: list[str]) -> str:
    if options.get("orphanDependents") is not None:
        return ORPHAN if options["orphanDependents"] else ""
    if options.get("propagationPolicy") is not None:
        return POLICIES[options["propagationPolicy"]]
    decided = next((each for each in (ORPHAN, FOREGROUND) if each in before), "")
    return decided or (ORPHAN if stored.kind.resource == ORPHANS_BY_DEFAULT else "")
