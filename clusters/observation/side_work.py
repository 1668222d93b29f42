"""Work beside a cluster's watcher that apps above want done by the one process that holds the cluster's lease."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from clusters.models import Cluster
from kube.connect import Api


@dataclass(frozen=True)
class Post:
    """What such work is given. It ends within seconds of `stopping`, writes only while `may_write`, and connects anew for each turn."""

    cluster: Cluster
    connect: Callable[[], Api]
    may_write: Callable[[], bool]
    stopping: threading.Event


Work = Callable[[Post], None]
_work: dict[str, Work] = {}


def register_side_work(name: str, work: Work) -> None:
    """`work` is called once per watched cluster, in a thread of its own; the same name again replaces it."""
    _work[name] = work


def side_work() -> dict[str, Work]:
    """All of it by name."""
    return dict(_work)
