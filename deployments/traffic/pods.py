"""The pods of both sides as the API server has them at this moment: which are ready or restarting, and where they say their metrics."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from deployments.manifests.container import NAME as CONTAINER
from deployments.queries import LABEL
from deployments.spec import DeploymentSpec
from deployments.traffic.metric_names import PLACES, QUEUE_PROXY_PLACE
from deployments.traffic.sides import Name, Side
from kube.connect import Api
from kube.deadline import Deadline
from kube.lists import list_all
from kube.pods import summarise
from metrics.servers.names import METRICS, Place

PATH = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9_.-]{1,60}){1,6}")
MOST_PLACES = 3
# A pod that became ready and unready again within this time of its start has answered nothing worth counting.
NEVER_READY_SECONDS = 5.0
CRASHES = ("CrashLoopBackOff", "OOMKilled", "Error")


@dataclass(frozen=True)
class SeenPod:
    """`untouched`: it has never been ready, so no request has reached it. `started`: when its server's container began, by the kubelet."""

    uid: str
    name: str
    side: Name
    ready: bool
    leaving: bool
    restarts: int
    crashing: bool
    untouched: bool
    started: float | None
    reason: str
    message: str
    places: tuple[Place, ...]


def pods_of(api: Api, namespace: str, sides: tuple[Side, Side], deadline: Deadline) -> list[SeenPod]:
    """The pods of both sides. Raises as `list_all` does."""
    services = ",".join(sorted({side.service for side in sides}))
    items, _version = list_all(api, "v1", "Pod", namespace=namespace, label_selector=f"{LABEL} in ({services})", deadline=deadline)
    found = []
    for pod in items:
        labels = pod["metadata"].get("labels") or {}
        side = next((side for side in sides if side.owns(labels, pod["metadata"]["name"])), None)
        if side is not None and (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed"):
            found.append(_seen(pod, side))
    return found


def _seen(pod: dict[str, Any], side: Side) -> SeenPod:
    metadata, status, summary = pod["metadata"], pod.get("status") or {}, summarise(pod)
    ready = _condition(status, "Ready")
    leaving = bool(metadata.get("deletionTimestamp"))
    return SeenPod(
        uid=metadata["uid"],
        name=metadata["name"],
        side=side.name,
        ready=ready.get("status") == "True" and not leaving,
        leaving=leaving,
        restarts=summary["restarts"],
        crashing=summary["reason"].removeprefix("Init:") in CRASHES,
        untouched=ready.get("status") != "True" and _never_ready(status, ready),
        started=_seconds(_container_start(status)),
        reason=summary["reason"],
        message=summary["message"],
        places=places_of(side.variant.spec, knative=side.knative, annotations=metadata.get("annotations") or {}),
    )


def _condition(status: dict[str, Any], kind: str) -> dict[str, Any]:
    return next((item for item in status.get("conditions") or [] if item.get("type") == kind), {})


def _never_ready(status: dict[str, Any], ready: dict[str, Any]) -> bool:
    """Its Ready condition has stood as it is since about the pod's start."""
    began, changed = _seconds(_time(status.get("startTime"))), _seconds(_time(ready.get("lastTransitionTime")))
    return began is None or changed is None or changed - began <= NEVER_READY_SECONDS


def _container_start(status: dict[str, Any]) -> datetime | None:
    containers = status.get("containerStatuses") or []
    server = next((item for item in containers if item.get("name") == CONTAINER), containers[0] if containers else {})
    return _time(((server.get("state") or {}).get("running") or {}).get("startedAt"))


def _time(text: object) -> datetime | None:
    try:
        return parse_datetime(str(text)) if text else None
    except ValueError:
        return None


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at else None


def places_of(spec: DeploymentSpec, *, knative: bool, annotations: Mapping[str, str]) -> tuple[Place, ...]:
    """Where to ask for metrics, the likeliest first; what a pod says of itself is believed only where it is a port and a path."""
    found = [QUEUE_PROXY_PLACE] if knative else []
    for prefix in ("prometheus.kserve.io/", "prometheus.io/"):
        port, path = annotations.get(f"{prefix}port", ""), annotations.get(f"{prefix}path", METRICS)
        if port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536 and PATH.fullmatch(path):
            found.append((int(port), path))
    found += PLACES[spec.runtime] or ((spec.port, METRICS),)
    return tuple(_once(found))[:MOST_PLACES]


def _once(places: Iterable[Place]) -> Iterable[Place]:
    return dict.fromkeys(places)
