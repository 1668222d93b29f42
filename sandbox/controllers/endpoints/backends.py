"""Which pods stand behind a Service, whether each is ready, and at which ports: pure functions."""

import json
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]
# {"8080": 41233}: the local process that is this pod listens on its podIP at 41233 for its containerPort 8080.
REAL_PORTS = "sandbox.slipway.dev/ports"


@dataclass(frozen=True)
class Backend:
    """A pod with an address, as endpoints show it; `ports` are those of the Service that the pod has."""

    pod: Object
    ports: list[Object]
    serving: bool
    terminating: bool

    @property
    def address(self) -> str:
        """Its IP."""
        return str(self.pod["status"]["podIP"])

    @property
    def reference(self) -> Object:
        """The targetRef."""
        metadata = self.pod["metadata"]
        return {"kind": "Pod", **{key: metadata[key] for key in ("namespace", "name", "uid")}}

    def hostname(self, service: Object) -> str:
        """The name under which DNS knows the pod in a headless Service, or empty."""
        spec = self.pod["spec"]
        is_member = spec.get("subdomain") == service["metadata"]["name"]
        return str(spec.get("hostname") or "") if is_member else ""


def is_selected(service: Object, labels: dict[str, str]) -> bool:
    """Whether the Service has a selector and it chooses these labels."""
    selector = service["spec"].get("selector")
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def backends(service: Object, pods: list[Object]) -> list[Backend]:
    """Every pod that the Service selects and that can have traffic, in the order of their addresses."""
    chosen = [pod for pod in pods if is_selected(service, pod["metadata"].get("labels") or {}) and _has_address(pod)]
    found = [Backend(pod, _ports(service, pod), _is_ready(pod), "deletionTimestamp" in pod["metadata"]) for pod in chosen]
    return sorted(found, key=lambda backend: (backend.address, backend.pod["metadata"]["name"]))


def by_ports(found: list[Backend]) -> list[tuple[list[Object], list[Backend]]]:
    """Backends in groups of equal ports."""
    groups: dict[str, tuple[list[Object], list[Backend]]] = {}
    for backend in found:
        groups.setdefault(json.dumps(backend.ports), (backend.ports, []))[1].append(backend)
    return [groups[key] for key in sorted(groups)]


def _has_address(pod: Object) -> bool:
    status = pod.get("status") or {}
    return bool(status.get("podIP")) and status.get("phase") not in ("Succeeded", "Failed")


def _is_ready(pod: Object) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions") or [])


def _ports(service: Object, pod: Object) -> list[Object]:
    """The Service's ports as this pod has them; one whose name no container of the pod knows is left out."""
    found, real = [], _real_ports(pod)
    for port in service["spec"].get("ports") or []:
        number = _target(port, pod)
        if number:
            more = {"appProtocol": port["appProtocol"]} if port.get("appProtocol") else {}
            shown = {"name": port.get("name", ""), "port": real.get(str(number), number), "protocol": port.get("protocol", "TCP")}
            found.append(shown | more)
    return found


def _target(port: Object, pod: Object) -> int:
    wanted = port.get("targetPort") or port["port"]
    if isinstance(wanted, int):
        return wanted
    spec = pod["spec"]
    sidecars = [each for each in spec.get("initContainers") or [] if each.get("restartPolicy") == "Always"]
    for container in [*spec["containers"], *sidecars]:
        for own in container.get("ports") or []:
            if own.get("name") == wanted and own.get("protocol", "TCP") == port.get("protocol", "TCP"):
                return int(own["containerPort"])
    return 0


def _real_ports(pod: Object) -> dict[str, int]:
    try:
        told = json.loads((pod["metadata"].get("annotations") or {}).get(REAL_PORTS, "{}"))
        return {str(key): int(value) for key, value in told.items()}
    except (ValueError, TypeError, AttributeError):
        return {}
