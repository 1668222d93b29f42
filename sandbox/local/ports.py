"""Ports of its own for every port that a pod's containers declare, on the machine's address."""

import json
import socket

from sandbox.nodes.address import machine_address
from sandbox.nodes.runtime import Object

PORTS = "sandbox.slipway.dev/ports"


class Ports:
    """By pod: declared ports and the real ones. A pod keeps them over restarts of its containers, and of the simulator if they are free."""

    def __init__(self) -> None:
        self._by_pod: dict[str, dict[str, int]] = {}

    def of(self, pod: Object) -> dict[str, int]:
        """Declared port (as text) to real port."""
        uid = pod["metadata"]["uid"]
        if uid not in self._by_pod:
            noted = _noted(pod)
            declared = [str(each["containerPort"]) for container in pod["spec"]["containers"] for each in container.get("ports") or []]
            self._by_pod[uid] = {port: _free_port(noted.get(port, 0)) for port in declared}
        return self._by_pod[uid]

    def for_container(self, pod: Object, container: Object) -> int:
        """The real port of the container's first declared one; without any a free one of no name."""
        declared = [str(each["containerPort"]) for each in container.get("ports") or []]
        return self.of(pod)[declared[0]] if declared else _free_port(0)

    def real(self, pod: Object, container: Object, port: int | str) -> int:
        """The real port that a probe's port, a number or a name, stands for."""
        named = next((each["containerPort"] for each in container.get("ports") or [] if each.get("name") == port), port)
        return self.of(pod).get(str(named)) or int(named)

    def note(self, pod: Object) -> dict[str, str]:
        """The annotation that tells of them."""
        found = self.of(pod)
        return {PORTS: json.dumps(found)} if found else {}

    def forget(self, pod: Object) -> None:
        """Free them."""
        self._by_pod.pop(pod["metadata"]["uid"], None)


def _noted(pod: Object) -> dict[str, int]:
    try:
        found = json.loads((pod["metadata"].get("annotations") or {}).get(PORTS, "{}"))
        return {str(port): int(real) for port, real in found.items()}
    except (ValueError, AttributeError):
        return {}


def _free_port(wanted: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((machine_address(), wanted))
        except OSError:
            probe.bind((machine_address(), 0))
        port: int = probe.getsockname()[1]
        return port
