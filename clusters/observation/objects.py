"""Owned objects as they were seen -> Observed rows."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone

from clusters.models import Cluster, Event, Observed, Pod
from clusters.observation.kinds import Kind
from clusters.observation.messages import Sighting
from clusters.observation.storable import storable
from kube.inventory import Ref

UNIQUE = ["cluster", "api_version", "kind", "namespace", "name"]
UPDATED = ["uid", "resource_version", "owner", "digest", "body", "observed_at"]
CHUNK = 200


def save_sightings(cluster: Cluster, sightings: Iterable[Sighting], digests: Mapping[Ref, str]) -> None:
    """Insert or refresh what is there, delete what is gone; what a deleted Namespace held goes with it."""
    rows, gone = [], []
    for sighting in sightings:
        if sighting.gone:
            gone.append(sighting.ref)
        elif sighting.thing is not None:
            rows.append(_row(cluster, sighting, digests.get(sighting.ref, "")))
    Observed.objects.bulk_create(rows, batch_size=CHUNK, update_conflicts=True, unique_fields=UNIQUE, update_fields=UPDATED)
    _delete(cluster, gone)


def stored_versions(cluster: Cluster, kinds: Iterable[Kind]) -> dict[Ref, tuple[str, str]]:
    """(uid, resource version) of every stored row of these kinds; one query."""
    rows = Observed.objects.filter(cluster=cluster, kind__in=[kind for _, kind in kinds])
    fields = rows.values_list("api_version", "kind", "namespace", "name", "uid", "resource_version")
    return {Ref(version, kind, namespace or None, name): (uid, rv) for version, kind, namespace, name, uid, rv in fields.iterator()}


def _delete(cluster: Cluster, gone: list[Ref]) -> None:
    for start in range(0, len(gone), CHUNK):
        chosen = Q(pk__in=[])
        for ref in gone[start : start + CHUNK]:
            chosen |= Q(api_version=ref.api_version, kind=ref.kind, namespace=ref.namespace or "", name=ref.name)
        Observed.objects.filter(chosen, cluster=cluster).delete()
    # The next namespace of that name may be another team's: it must not inherit what stood in this one.
    if spaces := [ref.name for ref in gone if ref.kind == "Namespace"]:
        for model in (Observed, Pod, Event):
            model._default_manager.filter(cluster=cluster, namespace__in=spaces).delete()


def _row(cluster: Cluster, sighting: Sighting, digest: str) -> Observed:
    thing: dict[str, Any] = sighting.thing or {}
    metadata = {key: value for key, value in thing["metadata"].items() if key != "managedFields"}
    ref = sighting.ref
    return Observed(
        cluster=cluster,
        api_version=ref.api_version,
        kind=ref.kind,
        namespace=ref.namespace or "",
        name=ref.name,
        uid=metadata.get("uid", ""),
        resource_version=metadata.get("resourceVersion", ""),
        owner=sighting.owner[:80],
        digest=digest,
        body=storable({**thing, "metadata": metadata}),
        observed_at=timezone.now(),
    )
