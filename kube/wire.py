"""The form in which a manifest of a closed kind is sent: as the server will store it, so that repeating it changes nothing."""

from typing import Any

from kube.defaults import filled
from kube.quantities import canonical

_FRAME = frozenset({"apiVersion", "kind", "metadata", "status"})
_LIMITS = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")


def stored_form(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest with defaults filled in, quantities in canonical form and without empty lists.

    Kubernetes 1.20 writes a new version for each apply that it has to normalise. An empty list needs no sending: what a hand puts
    in its place is found by `extras`.
    """
    made = filled(manifest)
    body = {key: _without_empty_lists(value) for key, value in made.items() if key not in _FRAME and value != []}
    if made["kind"] in ("ResourceQuota", "LimitRange"):
        body["spec"] = _canonical(body.get("spec") or {})
    return {**{key: value for key, value in made.items() if key in _FRAME}, **body}


def _without_empty_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_empty_lists(inner) for key, inner in value.items() if inner != []}
    return [_without_empty_lists(item) for item in value] if isinstance(value, list) else value


def _canonical(spec: dict[str, Any]) -> dict[str, Any]:
    made = dict(spec)
    if "hard" in spec:
        made["hard"] = _amounts(spec["hard"])
    if "limits" in spec:
        made["limits"] = [{key: _amounts(part) if key in _LIMITS else part for key, part in item.items()} for item in spec["limits"]]
    return made


def _amounts(amounts: dict[str, Any]) -> dict[str, str]:
    return {name: canonical(str(amount)) for name, amount in amounts.items()}
