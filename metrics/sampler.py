"""The sampler of one cluster: every ten seconds it asks the sources, and keeps what they say. One thread beside the cluster's watcher."""

import logging
from collections.abc import Sequence
from math import isfinite

from django.db import DatabaseError, close_old_connections

from clusters.models import Cluster, Observed, Pod
from clusters.observation.side_work import Post
from kube.connect import Api
from kube.deadline import Deadline
from kube.errors import KubeError
from metrics.columns import Point
from metrics.grouping import Grouping
from metrics.origins import Origins
from metrics.sources import Scene, Source
from metrics.sources.resources import Resources
from metrics.sources.servers import Servers
from metrics.steps import FINE
from metrics.store import Store
from metrics.workloads import workloads_of
from reconcile.clock import database_now

logger = logging.getLogger(__name__)

# In the middle of its slot a turn may be early or late by some seconds and still be the one of its slot.
MIDDLE = FINE / 2
TURN_SECONDS = FINE - 2.0


class Sampler:
    """`turn` asks and keeps; `run` does so until the watcher stops. A turn that fails is a gap, and the next one tries again."""

    def __init__(self, cluster: Cluster, sources: Sequence[Source] | None = None) -> None:
        self.cluster = cluster
        self.sources = (Resources(), Servers()) if sources is None else sources
        self.store, self.grouping, self.origins = Store(cluster), Grouping(), Origins(cluster)
        self._loaded = False

    def turn(self, api: Api, at: int) -> None:
        """One look, at `at` (seconds since the epoch, of the database's clock). Raises DatabaseError."""
        if not self._loaded:
            self.store.load(at)
            self._loaded = True
        pods = list(Pod.objects.filter(cluster=self.cluster, phase="Running"))
        scene = Scene(api, at, pods, workloads_of(self.cluster, pods), Deadline(TURN_SECONDS))
        found: dict[str, Point] = {}
        for source in self.sources:
            answer = source.read(scene)
            self.origins.note(source.group, answer.found)
            for uid, point in answer.points.items():
                found.setdefault(uid, {}).update({name: value for name, value in point.items() if isfinite(value)})
        self.store.take(at, self.grouping.lines(at, pods, found, scene.workloads, _spaces(self.cluster)))

    def keep(self, at: int) -> None:
        """Write what was taken. Raises DatabaseError; then it is written with the next turn's."""
        self.store.write(at)
        self.origins.write()


def _spaces(cluster: Cluster) -> dict[str, str]:
    """The owners of namespaces by name: the same name may be another team's tomorrow."""
    return dict(Observed.objects.filter(cluster=cluster, kind="Namespace").exclude(owner="").values_list("name", "owner"))


def sample(post: Post) -> None:
    """The thread: until the watcher stops, on whole multiples of ten seconds of the database's clock."""
    sampler, told = Sampler(post.cluster), ""
    while not post.stopping.wait(_pause()):
        try:
            at = int(database_now().timestamp())
            if not post.may_write():
                continue
            sampler.turn(post.connect(), at)
            if post.may_write():
                sampler.keep(at)
            told = ""
        except (KubeError, DatabaseError) as error:
            if str(error) != told:
                logger.warning("no sample of %s: %s", post.cluster.name, error)
            told = str(error)
        except Exception:
            logger.exception("a sample of %s failed", post.cluster.name)
        finally:
            close_old_connections()


def _pause() -> float:
    """Seconds until the middle of the next slot; where the database does not answer, a slot's length."""
    try:
        now = database_now().timestamp()
    except DatabaseError:
        return float(FINE)
    finally:
        close_old_connections()
    return FINE - (now - MIDDLE) % FINE
