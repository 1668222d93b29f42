"""The ingress in the cluster: a Deployment of one pod, whose process is the gateway, and the Service before it."""

import json
import socket
from pathlib import Path

from sandbox.local.images import module
from sandbox.nodes.address import machine_address
from sandbox.nodes.pools import SIMULATED
from sandbox.serving.names import GATEWAY, NAMESPACE, Object
from sandbox.serving.routes import PORTS

IMAGE = "sandbox.slipway.dev/kserve-gateway:1"


def gateway_image(folder: Path) -> dict[str, tuple[str, ...]]:
    """The image and its command; `folder` is that of the simulator's processes."""
    return {IMAGE: module("sandbox.serving.gateway", "--routes", str(routes_socket(folder)))}


def routes_socket(folder: Path) -> Path:
    """Where the simulator tells of routes."""
    return folder / "routes.sock"


def gateway_port(folder: Path) -> int:
    """The port that the gateway had before, if it is free, else a free one: its address stays the same over restarts."""
    note = folder / "gateway.port"
    port = _free(int(note.read_text()) if note.exists() else 0)
    note.write_text(str(port))
    return port


def deployment(port: int) -> Object:
    """Its container declares the port on which the process really listens, so that it is found by any cluster's means."""
    labels = {"app": GATEWAY}
    container = {
        "name": "gateway",
        "image": IMAGE,
        "ports": [{"name": "http", "containerPort": port}],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": port}, "periodSeconds": 1},
        "livenessProbe": {"httpGet": {"path": "/healthz", "port": port}, "periodSeconds": 5, "timeoutSeconds": 3},
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}},
    }
    pods = {
        "metadata": {"labels": labels, "annotations": {PORTS: json.dumps({str(port): port})}},
        "spec": {"containers": [container], "nodeSelector": {SIMULATED: "true"}, "terminationGracePeriodSeconds": 5},
    }
    # Never two of them: they would want the same port.
    spec = {"replicas": 1, "strategy": {"type": "Recreate"}, "selector": {"matchLabels": labels}, "template": pods}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": GATEWAY, "namespace": NAMESPACE, "labels": labels},
        "spec": spec,
    }


def service(port: int) -> Object:
    """The Service before it."""
    ports = [{"name": "http", "port": 80, "targetPort": port, "protocol": "TCP"}]
    spec = {"type": "ClusterIP", "selector": {"app": GATEWAY}, "ports": ports}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": GATEWAY, "namespace": NAMESPACE, "labels": {"app": GATEWAY}},
        "spec": spec,
    }


def _free(wanted: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((machine_address(), wanted))
        except OSError:
            probe.bind((machine_address(), 0))
        port: int = probe.getsockname()[1]
        return port
