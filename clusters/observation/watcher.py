"""The watcher of one cluster: a feed per kind, one writer, a resync now and then."""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.db.models.functions import Now
from django.utils import timezone

from clusters.connections import connection
from clusters.models import Cluster
from clusters.observation.feed import Feed
from clusters.observation.kinds import OWNED, WATCHED
from clusters.observation.resync import snapshot
from clusters.observation.side_work import Post, side_work
from clusters.observation.staleness import note_live, note_stale
from clusters.observation.writer import Writer
from clusters.serving_reading import make_followers_due, read_again, refresh_if_due
from kube.connect import Api
from kube.errors import KubeError

logger = logging.getLogger(__name__)

NOTE_EVERY = 5.0
SERVING_EVERY = 3.0
RELIST_EVERY = 30.0


class Watcher:
    """`start`, then `tick` about twice a second, then `stop`; `trusted_until` is moved on by whoever holds the cluster's lease."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.trusted_until = 0.0
        self.stopping = threading.Event()
        self.writer = Writer(cluster)
        self.feeds = [Feed(kind, self._connect, self.writer.inbox, self.writer.spaces_known) for kind in WATCHED]
        self._threads: list[threading.Thread] = []
        self._noted_at, self._relisted_at, self._was_live = 0.0, -RELIST_EVERY, False
        self._absent: dict[str, str] | None = None

    def start(self) -> None:
        """Start the threads."""
        for feed in self.feeds:
            self._spawn(f"feed-{feed.kind[1]}", feed.run)
        self._spawn("writer", lambda: self.writer.run(self.stopping, self.may_write))
        self._spawn("resync", self._resync_loop)
        self._spawn("serving", self._serving_loop)
        post = Post(self.cluster, self._connect, self.may_write, self.stopping)
        for name, work in side_work().items():
            self._spawn(name, partial(work, post))

    def stop(self) -> None:
        """End the threads within a few seconds."""
        self.stopping.set()
        for feed in self.feeds:
            feed.stop()
        deadline = time.monotonic() + 5.0
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def may_write(self) -> bool:
        """Whether the lease is certainly ours; a process that slept past its end must not write what it saw before."""
        return time.monotonic() < self.trusted_until

    def tick(self) -> None:
        """Tell the database whether all watches run; a batch that was dropped makes every feed list again."""
        if self.writer.failed.is_set() and time.monotonic() - self._relisted_at > RELIST_EVERY:
            self.writer.failed.clear()
            self._relisted_at = time.monotonic()
            for feed in self.feeds:
                feed.list_again()
        self._note_kinds()
        down = [feed.down_since for feed in self.feeds if feed.down_since is not None]
        live = not down and all(feed.listed.is_set() for feed in self.feeds)
        if live == self._was_live and time.monotonic() - self._noted_at < NOTE_EVERY:
            return
        if live:
            note_live(self.cluster.pk)
        elif down:
            note_stale(self.cluster.pk, timezone.now() - dt.timedelta(seconds=time.monotonic() - min(down)))
        self._noted_at, self._was_live = time.monotonic(), live

    def _note_kinds(self) -> None:
        """What waits for a kind that came need not wait for its next look; what cannot be seen is told on the cluster's page."""
        if any(feed.returned.is_set() for feed in self.feeds):
            for feed in self.feeds:
                feed.returned.clear()
            make_followers_due(self.cluster)
        absent = {feed.kind[1]: feed.absent for feed in self.feeds if feed.absent}
        if absent != self._absent:
            Cluster.objects.filter(pk=self.cluster.pk).update(unwatched=absent)
            read_again(self.cluster.pk)
            self._absent = dict(absent)

    def _connect(self) -> Api:
        """With the credential of now: tokens are renewed while the watcher runs."""
        try:
            return connection(Cluster.objects.get(pk=self.cluster.pk))
        finally:
            close_old_connections()

    def _spawn(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=f"{self.cluster.name}-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _resync_loop(self) -> None:
        """The feeds' first lists are the first resync; from then on one each RESYNC_SECONDS."""
        while not self.stopping.wait(settings.SLIPWAY["RESYNC_SECONDS"]):
            try:
                if all(feed.listed.is_set() for feed in self.feeds if feed.kind in OWNED):
                    self.writer.inbox.put(snapshot(self._connect()), timeout=30)
                    Cluster.objects.filter(pk=self.cluster.pk).update(resynced_at=Now())
            except (KubeError, DatabaseError) as error:
                logger.warning("no resync of %s: %s", self.cluster.name, error)
            finally:
                close_old_connections()

    def _serving_loop(self) -> None:
        """What the cluster's KServe can do; a cluster that does not answer holds up nobody else here."""
        told = ""
        while not self.stopping.wait(SERVING_EVERY):
            try:
                refresh_if_due(Cluster.objects.get(pk=self.cluster.pk))
                told = ""
            except (KubeError, DatabaseError, Cluster.DoesNotExist) as error:
                if str(error) != told:
                    logger.warning("what %s serves could not be read: %s", self.cluster.name, error)
                told = str(error)
            finally:
                close_old_connections()
