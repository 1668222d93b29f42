"""The breaker of a cluster that cannot be reached: its rows wait for it and count no failure; a probe each second closes it."""

from concurrent.futures import ThreadPoolExecutor

from django.db import transaction
from django.db.models.functions import Now

from clusters.manifests.labels import PLAN
from clusters.models import Cluster
from kube.connect import connect
from kube.errors import ApiError, KubeError
from reconcile.due import release_blocked

PROBE_SECONDS = 1.0
SPREAD_SECONDS = 3.0


def open_breaker(cluster_id: int) -> bool:
    """Note that the cluster cannot be reached; True when this call opened it, False when it was open."""
    return bool(Cluster.objects.filter(pk=cluster_id, breaker_opened_at__isnull=True).update(breaker_opened_at=Now()))


def close_breaker(cluster: Cluster) -> bool:
    """Note that the cluster answers, and let what waits for it run, spread over three seconds; True when this call closed it."""
    with transaction.atomic():
        was_open = Cluster.objects.filter(pk=cluster.pk, breaker_opened_at__isnull=False)
        if not was_open.update(breaker_opened_at=None, last_seen_at=Now()):
            return False
        release_blocked(cluster.key, spread=SPREAD_SECONDS)
    return True


def is_open(cluster_id: int) -> bool:
    """Whether the cluster did not answer when it was last called."""
    return Cluster.objects.breaker_open().filter(pk=cluster_id).exists()


def probe_open_breakers() -> int:
    """Ask every cluster behind an open breaker at once; returns how many answered. A chore of the sweep."""
    waiting = list(Cluster.objects.connected().breaker_open())
    if not waiting:
        return 0
    with ThreadPoolExecutor(max_workers=min(8, len(waiting)), thread_name_prefix="probe") as pool:
        answers = list(pool.map(answers_now, waiting))
    return sum(close_breaker(cluster) for cluster, answered in zip(waiting, answers, strict=True) if answered)


def answers_now(cluster: Cluster) -> bool:
    """Whether a read that needs the cluster's storage is answered within a second; a refusal is an answer, a server error is none."""
    try:
        api = connect(cluster.kubeconfig, timeout=PROBE_SECONDS)
        api.request("GET", f"/api/v1/namespaces/{PLAN}")
    except ApiError as error:
        return error.status < 500 and error.status != 429
    except KubeError:
        return False
    return True
