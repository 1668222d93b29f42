"""The watcher's process: every connected cluster is watched by the one process that holds its lease."""

import logging
import os
import socket
import threading
import time

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from clusters.models import Cluster
from clusters.observation.watcher import Watcher
from reconcile.leases import NamedLease
from reconcile.models import Heartbeat

logger = logging.getLogger(__name__)

TURN_SECONDS = 0.5


class Supervisor:
    """Takes and renews the leases, starts and stops the watchers, says that it lives."""

    def __init__(self) -> None:
        self.me = f"{socket.gethostname()}:{os.getpid()}"
        self.watchers: dict[int, tuple[NamedLease, Watcher]] = {}
        self._beat_at = 0.0

    def run(self, stop: threading.Event) -> None:
        """Until `stop`; a failing database is waited for."""
        while not stop.is_set():
            try:
                self.turn()
            except DatabaseError as error:
                logger.warning("the watcher cannot reach its database: %s", error)
            except Exception:
                logger.exception("the watcher's turn failed")
            close_old_connections()
            stop.wait(TURN_SECONDS)
        self.stop()

    def turn(self) -> None:
        """One round: keep what is held, take what is free, let go of what is gone."""
        self._beat()
        clusters = {cluster.pk: cluster for cluster in Cluster.objects.connected()}
        for pk in list(self.watchers):
            lease, watcher = self.watchers[pk]
            if pk not in clusters or not self._hold(lease, watcher):
                self._end(pk)
            else:
                watcher.tick()
        for pk, cluster in clusters.items():
            if pk not in self.watchers:
                self._try(cluster)

    def stop(self) -> None:
        """End all watchers and give the leases back."""
        for pk in list(self.watchers):
            self._end(pk)

    def _hold(self, lease: NamedLease, watcher: Watcher) -> bool:
        asked_at = time.monotonic()
        if watcher.trusted_until - asked_at > lease.seconds * 0.75:
            return True
        if not lease.renew():
            logger.warning("the lease of %s was taken by another watcher", watcher.cluster.name)
            return False
        watcher.trusted_until = asked_at + lease.seconds
        return True

    def _try(self, cluster: Cluster) -> None:
        lease, asked_at = NamedLease(f"watch.{cluster.pk}"), time.monotonic()
        if not lease.acquire(self.me, settings.SLIPWAY["LEASE_SECONDS"]):
            return
        watcher = Watcher(cluster)
        watcher.trusted_until = asked_at + lease.seconds
        self.watchers[cluster.pk] = (lease, watcher)
        watcher.start()
        logger.info("watching %s", cluster.name)

    def _end(self, pk: int) -> None:
        lease, watcher = self.watchers.pop(pk)
        watcher.trusted_until = 0.0
        watcher.stop()
        try:
            lease.release()
        except DatabaseError as error:
            logger.warning("the lease of %s ends by itself: %s", watcher.cluster.name, error)

    def _beat(self) -> None:
        if time.monotonic() - self._beat_at >= settings.SLIPWAY["HEARTBEAT_SECONDS"]:
            Heartbeat.beat("watcher", self.me)
            self._beat_at = time.monotonic()
