"""Publishes live events after commit. Only a convenience for open pages: it never fails, and never takes longer than half a second."""

import logging
import os
import time
from collections.abc import Iterable
from functools import partial
from threading import Lock
from typing import Any

from django.conf import settings
from django.db import transaction
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from streams.entry import EVERYONE, KEPT, RESET, STREAM, fields_of

logger = logging.getLogger(__name__)

CEILING_SECONDS = 0.5
PAUSE_SECONDS = 1.0


class Publisher:
    """This process's connection. After a failure it is silent for a second, then tells every open page to reload: events were lost."""

    def __init__(self, url: str) -> None:
        self.redis = Redis.from_url(
            url,
            socket_timeout=CEILING_SECONDS / 2,
            socket_connect_timeout=CEILING_SECONDS / 2,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
        self.silent_until = 0.0
        self.lost = False

    def send(self, batch: list[dict[str, str]]) -> bool:
        """Add the events in one round trip; False when they were lost."""
        if time.monotonic() < self.silent_until:
            self.lost = True
            return False
        try:
            self._add(batch)
        except (RedisError, OSError) as error:
            self.lost, self.silent_until = True, time.monotonic() + PAUSE_SECONDS
            logger.warning("live events are lost: %s", error)
            return False
        self.lost = False
        return True

    def _add(self, batch: list[dict[str, str]]) -> None:
        if self.lost:
            batch = [fields_of(EVERYONE, RESET, {"reason": "lost"}), *batch]
        with self.redis.pipeline(transaction=False) as pipeline:
            for fields in batch:
                pipeline.xadd(STREAM, fields, maxlen=KEPT, approximate=True)  # type: ignore[arg-type]
            pipeline.execute()


_lock = Lock()
_publishers: dict[tuple[int, str], Publisher] = {}


def publish(topic: str, event: str, data: dict[str, Any]) -> None:
    """Send one event to the open streams of `topic` once the running transaction has committed."""
    publish_batch([(topic, event, data)])


def publish_batch(events: Iterable[tuple[str, str, dict[str, Any]]]) -> None:
    """Send many events in one round trip, after commit; ValueError for a bad name, else it never fails."""
    if batch := [fields_of(*event) for event in events]:
        transaction.on_commit(partial(_send, batch), robust=True)


def _send(batch: list[dict[str, str]]) -> None:
    place = (os.getpid(), settings.REDIS_URL)
    with _lock:
        publisher = _publishers.get(place) or _publishers.setdefault(place, Publisher(settings.REDIS_URL))
    publisher.send(batch)
