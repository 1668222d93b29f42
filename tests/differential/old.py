"""Calls that servers before 1.22 are known to treat otherwise: how to recognise them, and forms that every server treats alike."""

from typing import Any

from tests.differential.kinds import Object

AMOUNTS = ("requests", "limits")
# Who gave these up left them behind empty, which is not allowed.
LEFT_BEHIND = frozenset({"affinity", "livenessProbe", "readinessProbe", "valueFrom"})


def gives_ports(part: Object) -> bool:
    """Whether this makes a Service have node ports: until 1.22 an update that left their numbers out got others."""
    return bool(part.get("spec", {}).get("type") == "NodePort")


def strays(part: Any, base: Any) -> bool:
    """Whether a patch has a directive, or a null, below a place that the object does not have."""
    if isinstance(part, list):
        return any(strays(each, base[0] if isinstance(base, list) and base else None) for each in part)
    if not isinstance(part, dict):
        return False
    if base is None and any(key.startswith("$") or item is None for key, item in part.items()):
        return True
    return any(strays(item, base.get(key) if isinstance(base, dict) else None) for key, item in part.items())


def applicable(value: Any, place: str = "") -> Any:
    """A configuration to apply, without empty maps and lists, which nobody owned, and with what was not known to be a default."""
    if isinstance(value, list):
        return [applicable(each, place) for each in value]
    if not isinstance(value, dict):
        # A number was no quantity.
        return str(value) if place in AMOUNTS and isinstance(value, int) else value
    inside = {key: applicable(item, place if place in AMOUNTS else key) for key, item in value.items() if key not in LEFT_BEHIND}
    kept = {key: item for key, item in inside.items() if item not in ([], {})}
    if isinstance(kept.get("limits"), dict):
        # Who gave up a limit left the request that had followed from it.
        kept["requests"] = {**kept["limits"], **kept.get("requests", {})}
    return {"protocol": "TCP", **kept} if kept and place == "ports" else kept
