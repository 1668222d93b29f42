"""Field selectors, for the fields that the real kinds support."""

from collections.abc import Callable
from typing import Any

from sandbox.kinds.table import Kind

COMMON = ("metadata.name", "metadata.namespace")
OWN = {
    "Pod": (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
    "Event": (
        *("involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion"),
        *("involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type"),
    ),
    "Namespace": ("status.phase",),
    "Node": ("spec.unschedulable",),
    "Secret": ("type",),
    "Service": ("spec.clusterIP", "spec.type"),
    "Job": ("status.successful",),
}
# Where a field stands whose name in selectors is another one, and what those are taken for that are not set.
ALIASES = {"source": "source.component", "status.successful": "status.succeeded"}
UNSET = {"spec.unschedulable": "false", "spec.hostNetwork": "false", "status.successful": "0"}


class FieldSelectorError(ValueError):
    """The selector cannot be parsed or names a field that the kind does not index."""


def parse_fields(text: str, kind: Kind) -> Callable[[dict[str, Any]], bool]:
    """A predicate for a query such as `status.phase!=Running,spec.nodeName=a`."""
    requirements = [_requirement(part, kind) for part in text.split(",") if part]
    return lambda value: all(each(value) for each in requirements)


def names_one(text: str) -> bool:
    """Whether a selector names the one object that it can choose, which is then read without a list."""
    return any(name == "metadata.name" and operator != "!=" for name, operator, _ in map(_split, filter(None, text.split(","))))


def _requirement(text: str, kind: Kind) -> Callable[[dict[str, Any]], bool]:
    name, operator, wanted = _split(text)
    known = [*COMMON, *OWN.get(kind.built_in, ()), *kind.selectable]
    if name not in known:
        raise FieldSelectorError(_unknown(name, kind))
    return lambda value: (_field(value, name) == wanted) == (operator != "!=")


def _split(text: str) -> tuple[str, str, str]:
    for operator in ("!=", "==", "="):
        name, found, wanted = text.partition(operator)
        if found:
            return name.strip(), operator, wanted.strip()
    raise FieldSelectorError(f"invalid selector: '{text}'; can't understand '{text}'")


def _unknown(name: str, kind: Kind) -> str:
    if kind.built_in == "Job":
        return f'field label "{name}" not supported for batchv1.Job'
    if kind.built_in in OWN:
        return f"field label not supported: {name}"
    return f'"{name}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def _field(value: Any, path: str) -> str:
    for key in ALIASES.get(path, path).split("."):
        value = (value or {}).get(key)
    if value is None:
        return UNSET.get(path, "")
    return str(value).lower() if isinstance(value, bool) else str(value)
