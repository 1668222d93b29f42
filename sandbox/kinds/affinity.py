"""Checks of what a pod asks of its node."""

from sandbox.kinds.errors import Cause, required
from sandbox.kinds.label_selector import check_requirement
from sandbox.kinds.rules import Object


def check_affinity(affinity: Object | None, field: str) -> list[Cause]:
    """Everything wrong with the node affinity that a pod cannot do without, by labels."""
    where = f"{field}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
    selector = ((affinity or {}).get("nodeAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution")
    if selector is None:
        return []
    terms = selector.get("nodeSelectorTerms") or []
    if not terms:
        return [required(where, "must have at least one node selector term")]
    return [
        cause
        for index, term in enumerate(terms)
        for at, requirement in enumerate(term.get("matchExpressions") or [])
        for cause in check_requirement(requirement, f"{where}[{index}].matchExpressions[{at}]", compares=True)
    ]
