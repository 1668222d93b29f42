"""Pods as they were seen -> Pod rows and what open pages are told."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from clusters.models import Cluster, Pod
from clusters.observation.storable import storable
from kube.container_states import container_states, controller_of
from kube.errors import safe_text
from kube.kinds import OWNER
from kube.pods import rank_of, summarise

Thing = dict[str, Any]
Place = tuple[str, str]
UNIQUE = ["cluster", "namespace", "name"]
SHOWN = ("phase", "reason", "message", "ready", "restarts", "last_exit", "node", "requests", "started_at")
DETAILS = ("rank", "container_states", "controller", "node_selector", "created_at")
UPDATED = ["uid", "resource_version", "owner", "labels", "containers", "init_containers", *SHOWN, *DETAILS, "observed_at"]
CHUNK = 200


def place_of(thing: Thing) -> Place:
    """(namespace, name)."""
    return thing["metadata"].get("namespace", ""), thing["metadata"]["name"]


def save_pods(cluster: Cluster, pods: Mapping[Place, Thing], gone: Iterable[Place]) -> None:
    """Insert or refresh and delete rows."""
    rows = [_row(cluster, thing) for thing in pods.values()]
    Pod.objects.bulk_create(rows, batch_size=CHUNK, update_conflicts=True, unique_fields=UNIQUE, update_fields=UPDATED)
    for places in _chunks(list(gone)):
        chosen = Q(pk__in=[])
        for namespace, name in places:
            chosen |= Q(namespace=namespace, name=name)
        Pod.objects.filter(chosen, cluster=cluster).delete()


def stored_pods(cluster: Cluster) -> dict[Place, tuple[str, str]]:
    """(uid, resource version) of every row by its place."""
    rows = Pod.objects.filter(cluster=cluster).values_list("namespace", "name", "uid", "resource_version")
    return {(namespace, name): (uid, version) for namespace, name, uid, version in rows.iterator()}


def news_of_pod(thing: Thing, gone: bool = False) -> dict[str, Any]:
    """What an open page is told: the row's JSON."""
    row = {key: value for key, value in summarise(thing).items() if key not in ("requests", "message", "last_exit")}
    return {**row, "deleted": gone}


def _chunks(places: list[Place]) -> Iterable[list[Place]]:
    return (places[start : start + CHUNK] for start in range(0, len(places), CHUNK))


def _row(cluster: Cluster, thing: Thing) -> Pod:
    metadata, spec, summary = thing["metadata"], thing.get("spec") or {}, summarise(thing)
    labels = metadata.get("labels") or {}
    started_at = summary["started_at"]
    return Pod(
        cluster=cluster,
        namespace=metadata.get("namespace", ""),
        name=metadata["name"],
        uid=metadata.get("uid", ""),
        resource_version=metadata.get("resourceVersion", ""),
        owner=str(labels.get(OWNER, ""))[:80],
        labels=storable(labels),
        containers=[container["name"] for container in spec.get("containers") or []],
        init_containers=[container["name"] for container in spec.get("initContainers") or []],
        phase=summary["phase"][:40],
        reason=summary["reason"][:120],
        message=summary["message"],
        ready=summary["ready"][:12],
        restarts=summary["restarts"],
        last_exit=summary["last_exit"],
        node=summary["node"],
        requests=summary["requests"],
        rank=rank_of(summary),
        container_states=container_states(thing),
        controller=controller_of(thing)[:320],
        node_selector={safe_text(key): safe_text(value) for key, value in (spec.get("nodeSelector") or {}).items()},
        created_at=parse_datetime(metadata.get("creationTimestamp") or ""),
        started_at=parse_datetime(started_at) if started_at else None,
        observed_at=timezone.now(),
    )
