"""Checks of a container's probes."""

from collections.abc import Callable

from sandbox.kinds.errors import Cause, bad_value, required, unsupported
from sandbox.kinds.names import is_port
from sandbox.kinds.resources import NOT_NEGATIVE
from sandbox.kinds.rules import Object

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
NUMBERS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
# A container that is not yet well does nothing else: once is enough.
SUCCEED_ONCE = frozenset({"livenessProbe", "startupProbe"})


def check_probes(container: Object, field: str) -> list[Cause]:
    """Everything wrong with them."""
    return [cause for name in PROBES if container.get(name) is not None for cause in _probe(container[name], f"{field}.{name}", name)]


def _probe(probe: Object, field: str, name: str) -> list[Cause]:
    causes = _handlers(probe, field)
    causes += [bad_value(f"{field}.{key}", probe[key], NOT_NEGATIVE) for key in NUMBERS if probe.get(key, 0) < 0]
    if name in SUCCEED_ONCE and probe.get("successThreshold", 1) != 1:
        causes.append(bad_value(f"{field}.successThreshold", probe["successThreshold"], "must be 1"))
    return causes


def _handlers(probe: Object, field: str) -> list[Cause]:
    chosen = [key for key in HANDLERS if probe.get(key) is not None]
    if not chosen:
        return [required(field, "must specify a handler type")]
    more = "Forbidden: may not specify more than 1 handler type"
    causes = HANDLERS[chosen[0]](probe[chosen[0]], f"{field}.{chosen[0]}")
    return [*causes, *[Cause(f"{field}.{key}", more, "FieldValueForbidden") for key in chosen[1:]]]


def _exec(action: Object, field: str) -> list[Cause]:
    return [] if action.get("command") else [required(f"{field}.command")]


def _http_get(action: Object, field: str) -> list[Cause]:
    causes = [] if action.get("path") else [required(f"{field}.path")]
    causes += _port(action, field)
    scheme = action.get("scheme", "")
    return causes if scheme in ("HTTP", "HTTPS") else [*causes, unsupported(f"{field}.scheme", scheme, ("HTTP", "HTTPS"))]


def _port(action: Object, field: str) -> list[Cause]:
    port = action.get("port", 0)
    return [bad_value(f"{field}.port", port, why) for why in is_port(port)]


HANDLERS: dict[str, Callable[[Object, str], list[Cause]]] = {"exec": _exec, "httpGet": _http_get, "tcpSocket": _port, "grpc": _port}
