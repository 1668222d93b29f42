"""An hour of samples of a deployment with a candidate, so that its charts show lines, a gap and both revisions."""

import math

from django.utils import timezone

from clusters.models import Pod
from deployments.models import ModelDeployment
from deployments.queries import pods_of
from metrics.columns import Point
from metrics.models import Origin
from metrics.steps import FINE
from metrics.store import Store
from metrics.windows import Line

BUCKETS = {"5": 0.3, "10": 0.8, "25": 0.985, "50": 0.998, "100": 1.0, "inf": 1.0}
SILENT = range(1500, 1700)
TRIED_SECONDS = 720


def add_samples(row: ModelDeployment, stable: str, candidate: str) -> None:
    """Of all of it, of both revisions, of its pods and its namespace."""
    store, now = Store(row.cluster), int(timezone.now().timestamp())
    pods = list(pods_of(row).filter(phase="Running"))
    for at in range(now - 3600, now, FINE):
        if now - at not in SILENT:
            store.take(at, _turn(row, pods, at, {stable: 0.8, candidate: 0.2} if now - at < TRIED_SECONDS else {stable: 1.0}))
    store.write(now)
    Origin.objects.create(cluster=row.cluster, group="resources", source="metrics.k8s.io", told_at=timezone.now())
    Origin.objects.create(cluster=row.cluster, group="servers", subject=row.holder, source="model server", told_at=timezone.now())


def _turn(row: ModelDeployment, pods: list[Pod], at: int, shares: dict[str, float]) -> dict[Line, Point]:
    parts = {Line(row.holder, part): _point(at, share, len(pods)) for part, share in shares.items()}
    each = {Line(f"pod.{pod.uid}"): {name: _point(at, 0.25, 1)[name] for name in ("cpu", "memory")} for pod in pods}
    return {Line(row.holder): _point(at, 1.0, len(pods)), Line(row.namespace.holder): _point(at, 1.0, len(pods)), **parts, **each}


def _point(at: int, share: float, pods: int) -> Point:
    wave = 1 + math.sin(at / 420) / 4
    requests = float(round(12_000 * wave * share))
    bounds = {"cpu.request": 4.0 * share, "cpu.limit": 8.0 * share, "memory.request": 2.0**33 * share, "memory.limit": 2.0**34 * share}
    counted = {"seconds": float(FINE), "requests": requests, "errors": requests * 0.0002, "errors.of": requests}
    times = {f"times:{bound}": float(int(requests * part)) for bound, part in BUCKETS.items()}
    return {"cpu": 5 * wave * share, "memory": 2.0**33 * wave * share, "pods": float(pods), **bounds, **counted, **times}
