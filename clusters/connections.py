"""The connection to a cluster, one per process and credential; made after the fork, closed when the credential changes."""

import os
from hashlib import sha256
from threading import Lock

from django.conf import settings

from clusters.models import Cluster
from kube.connect import Api, connect

_lock = Lock()
_open: dict[tuple[int, int], tuple[str, Api]] = {}


def connection(cluster: Cluster) -> Api:
    """The Api of `cluster`; the same object for the same process and credential."""
    digest = sha256(cluster.kubeconfig.encode()).hexdigest()
    place = (os.getpid(), cluster.pk)
    with _lock:
        known, api = _open.get(place, ("", None))
        if api is None or known != digest:
            api = connect(cluster.kubeconfig, timeout=settings.SLIPWAY["REQUEST_TIMEOUT_SECONDS"])
            _open[place] = (digest, api)
        return api


def forget(cluster_id: int) -> None:
    """Drop this process's connection, as after the cluster's row was deleted."""
    with _lock:
        _open.pop((os.getpid(), cluster_id), None)
