"""Pods, events, nodes and quotas as a watcher would have left them: from what a cluster sends, through the watcher's own code."""

import datetime as dt
import itertools
from typing import Any

from django.utils import timezone

from clusters.models import Cluster, Event, Node, Observed, Pod
from clusters.observation.events import EventBook
from clusters.observation.pods import save_pods
from tenants.models import Namespace

GIB = 2**30
_numbers = itertools.count(1)


def container(name: str = "web", image: str = "registry.example.org/team/web:1", **resources: Any) -> dict[str, Any]:
    """A container of a pod's spec; `resources` are `limits` and `requests`."""
    return {"name": name, "image": image, "resources": resources}


def waiting(reason: str, message: str = "", *, name: str = "web", restarts: int = 0, last: dict[str, Any] | None = None) -> dict[str, Any]:
    """A container's status while it does not run; `last` is how the run before ended."""
    state = {"waiting": {"reason": reason, "message": message}}
    return {"name": name, "ready": False, "restartCount": restarts, "state": state, "lastState": {"terminated": last} if last else {}}


def running(*, name: str = "web", ready: bool = True, restarts: int = 0, last: dict[str, Any] | None = None) -> dict[str, Any]:
    """A container's status while it runs."""
    state = {"running": {"startedAt": now()}}
    return {"name": name, "ready": ready, "restartCount": restarts, "state": state, "lastState": {"terminated": last} if last else {}}


def ended(code: int, reason: str = "Error", message: str = "") -> dict[str, Any]:
    """How a run ended, just now."""
    return {"exitCode": code, "reason": reason, "message": message, "finishedAt": now()}


def see_pod(
    namespace: Namespace,
    name: str,
    *statuses: dict[str, Any],
    phase: str = "Running",
    spec: dict[str, Any] | None = None,
    status: dict[str, Any] | None = None,
    **metadata: Any,
) -> Pod:
    """The row of a pod with these containers' statuses."""
    thing = {
        "metadata": {
            "name": name,
            "namespace": namespace.name,
            "uid": f"uid-{next(_numbers)}",
            "resourceVersion": "1",
            "creationTimestamp": now(-3600),
            **metadata,
        },
        "spec": {"containers": [container()], **(spec or {})},
        "status": {"phase": phase, "containerStatuses": list(statuses), **(status or {})},
    }
    save_pods(namespace.cluster, {(namespace.name, name): thing}, [])
    return Pod.objects.get(cluster=namespace.cluster, namespace=namespace.name, name=name)


def unschedulable(message: str) -> dict[str, Any]:
    """The status of a pod that no node takes."""
    return {"conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}]}


def see_event(namespace: Namespace, kind: str, name: str, reason: str, message: str, *, ago: float = 5, **fields: Any) -> Event:
    """An event of `ago` seconds ago; a warning unless told otherwise."""
    thing = {
        "metadata": {"name": f"e{next(_numbers)}", "namespace": namespace.name, "uid": "u", "creationTimestamp": now(-ago)},
        "involvedObject": {"kind": kind, "name": name},
        "reason": reason,
        "message": message,
        "type": "Warning",
        "lastTimestamp": now(-ago),
        **fields,
    }
    return EventBook(namespace.cluster).save([thing])[0]


def see_node(cluster: Cluster, name: str, gpus: int = 0, **fields: Any) -> Node:
    """A node that is ready, with so many cards of nvidia.com/gpu."""
    allocatable = {"cpu": "16", "memory": "64Gi", **({"nvidia.com/gpu": str(gpus)} if gpus else {})}
    given = {"uid": name, "allocatable": allocatable, "ready": True, "observed_at": timezone.now(), **fields}
    return Node.objects.create(cluster=cluster, name=name, **given)


def see_quota(namespace: Namespace, hard: dict[str, str], used: dict[str, str], name: str = "slipway-quota") -> Observed:
    """A ResourceQuota as it counts now."""
    body = {"spec": {"hard": hard}, "status": {"hard": hard, "used": used}}
    place = {"cluster": namespace.cluster, "namespace": namespace.name, "api_version": "v1", "kind": "ResourceQuota", "name": name}
    return Observed.objects.create(uid=name, resource_version="1", owner=namespace.holder, body=body, observed_at=timezone.now(), **place)


def now(seconds: float = 0) -> str:
    """RFC 3339, so many seconds from now."""
    return (timezone.now() + dt.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
