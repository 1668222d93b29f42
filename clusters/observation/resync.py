"""Lists every owned kind of a cluster at once, to be compared with what was confirmed; touches only owners that differ."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from clusters.models import Cluster
from clusters.observation.kinds import OWNED, Kind, selector_of
from clusters.observation.messages import Listed, Snapshot
from clusters.observation.writer import Writer
from kube.connect import Api
from kube.lists import list_all

PAGE = 500


@dataclass(frozen=True, slots=True)
class Resynced:
    """What one resync did: objects compared, list requests sent, owners made due, seconds."""

    objects: int
    requests: int
    differing: int
    seconds: float


def snapshot(api: Api) -> Snapshot:
    """One paged list per owned kind, side by side."""
    with ThreadPoolExecutor(max_workers=len(OWNED), thread_name_prefix="resync") as pool:
        return Snapshot(tuple(pool.map(lambda kind: _list(api, kind), OWNED)))


def _list(api: Api, kind: Kind) -> Listed:
    items, version = list_all(api, *kind, label_selector=selector_of(kind), page=PAGE)
    return Listed(kind, list(items), version)


def resync(cluster: Cluster, api: Api, writer: Writer | None = None) -> Resynced:
    """One resync outside of the watcher's process, as for a measurement or by hand; KubeError when the cluster does not answer."""
    began = time.monotonic()
    lists = snapshot(api)
    verdicts = (writer or Writer(cluster)).process([lists])
    owners = {verdict.owner.key for verdict in verdicts if verdict.is_drift}
    objects = sum(len(listed.things) for listed in lists.lists)
    requests = sum(max(1, -(-len(listed.things) // PAGE)) for listed in lists.lists)
    return Resynced(objects, requests, len(owners), time.monotonic() - began)
