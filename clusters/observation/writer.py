"""The only writer of one cluster's observations: takes what the feeds bring in batches, acts on drift first, then keeps the rows."""

import logging
import queue
import threading
import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, close_old_connections, connection

from clusters.models import Cluster
from clusters.observation.event_hooks import tell
from clusters.observation.events import EventBook, news_of_event
from clusters.observation.findings import Findings, Sorter
from clusters.observation.judge import Verdict
from clusters.observation.kinds import NAMESPACE, NODE, OWNED, POD
from clusters.observation.memory import Memory
from clusters.observation.messages import Message
from clusters.observation.nodes import remove_nodes, save_nodes
from clusters.observation.objects import save_sightings, stored_versions
from clusters.observation.pods import news_of_pod, save_pods, stored_pods
from clusters.observation.verdicts import Court
from clusters.recount import recount
from streams.entry import EVERYONE, RESET
from streams.publish import publish_batch

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.02
# After a batch of more than a few the writer rests for this many times as long as it took: what comes meanwhile is taken together, and
# the workers that make all the news get the processors. A lone change waits for nobody.
FEW = 4
REST = 2.0
LONGEST_REST_SECONDS = 0.25
BATCH = 1_000
# Beyond it a page loads its snapshot faster than it applies the news.
MANY_NEWS = 1_000
MAX_DOUBTS = 4
News = tuple[str, str, dict[str, object]]


class Writer:
    """`process` is one batch; `run` is the thread. A batch that the database refuses for the moment is tried again until it is taken."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.inbox: queue.Queue[Message] = queue.Queue(maxsize=20_000)
        self.memory = Memory()
        self.sorter = Sorter(self.memory)
        self.court = Court(cluster, self.memory)
        self.event_book = EventBook(cluster)
        self.spaces_known = threading.Event()
        self.failed = threading.Event()

    def run(self, stop: threading.Event, may_write: Callable[[], bool]) -> None:
        """Until `stop`; waits while `may_write` says that the lease is not certain."""
        while not stop.is_set():
            batch = self._take()
            if not batch and not self.court.is_due():
                continue
            while not may_write():
                if stop.wait(TICK_SECONDS):
                    return
            began = time.monotonic()
            self._take_in(batch, stop)
            if len(batch) > FEW:
                stop.wait(min(LONGEST_REST_SECONDS, REST * (time.monotonic() - began)))
        connection.close()

    def process(self, batch: list[Message]) -> list[Verdict]:
        """Sort and write one batch; returns the verdicts on our objects."""
        return self._write(self.sorter.sort(batch))

    def _take(self) -> list[Message]:
        try:
            batch = [self.inbox.get(timeout=TICK_SECONDS)]
        except queue.Empty:
            return []
        while len(batch) < BATCH:
            try:
                batch.append(self.inbox.get_nowait())
            except queue.Empty:
                break
        return batch

    def _take_in(self, batch: list[Message], stop: threading.Event) -> None:
        """Write one batch, whatever it takes. One that can never be written is dropped: a new list of everything brings what it held."""
        try:
            self._until_written(self.sorter.sort(batch), stop)
        except Exception:
            logger.exception("a batch of %s was dropped; everything is listed again", self.cluster.name)
            self.failed.set()
            close_old_connections()

    def _until_written(self, found: Findings, stop: threading.Event) -> None:
        pause, doubts = 0.05, 0
        while not stop.is_set():
            try:
                self._write(found)
                return
            except (OperationalError, InterfaceError) as error:
                # An InterfaceError is a lost connection, or else a value that the driver will never take.
                doubts += isinstance(error, InterfaceError)
                if doubts > MAX_DOUBTS:
                    raise
                logger.warning("what was seen in %s cannot be written yet: %s", self.cluster.name, error)
                close_old_connections()
            stop.wait(pause)
            pause = min(2.0, pause * 2)

    def _write(self, found: Findings) -> list[Verdict]:
        began = time.monotonic()
        verdicts: list[Verdict] = []
        if found.sightings or found.complete or self.court.later:
            verdicts = self.court.judge_all(found.sightings, found.complete & set(OWNED))
        news = [*self._keep_objects(found, verdicts), *self._keep_pods(found), *self._keep_events(found), *self._keep_nodes(found)]
        publish_batch(news if len(news) <= MANY_NEWS else [(EVERYONE, RESET, {})])
        if NAMESPACE in found.complete:
            self.spaces_known.set()
        if (took := time.monotonic() - began) > 1.0:
            logger.info(
                "%d objects, %d pods, %d events of %s took %.1f s",
                len(found.sightings),
                len(found.pods),
                len(found.events),
                self.cluster.name,
                took,
            )
        return verdicts

    def _keep_objects(self, found: Findings, verdicts: list[Verdict]) -> list[News]:
        repaired = self.court.write_up(verdicts)
        sightings = found.sightings
        if found.complete & set(OWNED):
            stored = stored_versions(self.cluster, found.complete & set(OWNED))
            sightings = {ref: seen for ref, seen in sightings.items() if seen.gone or _identity(seen.thing) != stored.get(ref)}
            stale = stored.keys() - self.memory.known.keys() - sightings.keys()
            sightings.update(self.memory.lost(stale))
        save_sightings(self.cluster, sightings.values(), {verdict.sighting.ref: verdict.digest for verdict in verdicts})
        drifted = [verdict for verdict in verdicts if verdict.is_drift]
        news = [(s.owner, "objects", {"kind": s.ref.kind, "name": s.ref.name, "gone": s.gone}) for s in sightings.values() if s.owner]
        return news + [
            (v.owner.key, "state", {"drift": v.found, "kind": v.sighting.ref.kind, "name": v.sighting.ref.name})
            for v in (*drifted, *repaired)
        ]

    def _keep_pods(self, found: Findings) -> list[News]:
        pods, gone = found.pods, list(found.pods_gone)
        if POD in found.complete:
            stored = stored_pods(self.cluster)
            gone += [place for place in stored if place not in pods]
            pods = {place: thing for place, thing in pods.items() if _identity(thing) != stored.get(place)}
        if not pods and not gone:
            return []
        save_pods(self.cluster, pods, gone)
        news = [(self._topic(place[0]), "pods", news_of_pod(thing)) for place, thing in pods.items()]
        return [*news, *((self._topic(place[0]), "pods", {"namespace": place[0], "name": place[1], "deleted": True}) for place in gone)]

    def _keep_events(self, found: Findings) -> list[News]:
        if not found.events:
            return []
        rows = self.event_book.save(found.events)
        tell(rows)
        return [(self._topic(row.namespace), "events", news_of_event(row)) for row in rows]

    def _keep_nodes(self, found: Findings) -> list[News]:
        if not found.nodes and not found.nodes_gone and NODE not in found.complete:
            return []
        changed = save_nodes(self.cluster, found.nodes.values(), complete=NODE in found.complete)
        changed = remove_nodes(self.cluster, found.nodes_gone) or changed
        if not changed:
            return []
        recount(self.cluster)
        return [(f"cluster.{self.cluster.pk}", "capacity", {})]

    def _topic(self, namespace: str) -> str:
        return self.memory.spaces.get(namespace) or f"cluster.{self.cluster.pk}"


def _identity(thing: dict[str, object] | None) -> tuple[str, str]:
    metadata = (thing or {}).get("metadata") or {}
    return metadata.get("uid", ""), metadata.get("resourceVersion", "")  # type: ignore[attr-defined]
