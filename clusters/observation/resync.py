"""Lists every owned kind of a cluster at once, to be compared with what was confirmed; touches only owners that differ."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from clusters.models import Cluster
from clusters.observation.kinds import OPTIONAL, OWNED, Kind, selector_of
from clusters.observation.messages import Listed, Snapshot
from clusters.observation.writer import Writer
from kube.connect import Api
from kube.errors import ApiError
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
    """One paged list per owned kind, side by side; without those that the cluster does not serve."""
    with ThreadPoolExecutor(max_workers=len(OWNED), thread_name_prefix="resync") as pool:
        return Snapshot(tuple(listed for listed in pool.map(lambda kind: _list(api, kind), OWNED) if listed is not None))


def _list(api: Api, kind: Kind) -> Listed | None:
    try:
        items, version = list_all(api, *kind, label_selector=selector_of(kind), page=PAGE)
        return Listed(kind, list(items), version)
    except ApiError as error:
        if kind in OPTIONAL and (error.kind_missing or error.status == 403):
            return None
        raise


def resync(cluster: Cluster, api: Api, writer: Writer | None = None) -> Resynced:
    """One resync outside of the watcher's process, as for a measurement or by hand; KubeError when the cluster does not answer."""
    began = time.monotonic()
    lists = snapshot(api)
    verdicts = (writer or Writer(cluster)).process([lists])
    owners = {verdict.owner.key for verdict in verdicts if verdict.is_drift}
    objects = sum(len(listed.things) for listed in lists.lists)
    requests = sum(max(1, -(-len(listed.things) // PAGE)) for listed in lists.lists)
    return Resynced(objects, requests, len(owners), time.monotonic() - began)
