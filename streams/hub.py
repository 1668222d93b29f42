"""One asynchronous reader per process: it follows the Redis stream and hands each event to the open browser streams that want it."""

import asyncio
import logging
from collections import deque
from contextlib import suppress
from itertools import dropwhile
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from redis import RedisError
from redis.asyncio import Redis

from streams.entry import EVERYONE, KEPT, RESET, STREAM, Entry, entry_of, fields_of
from streams.exit import on_exit
from streams.subscription import Subscription

logger = logging.getLogger(__name__)

BLOCK_MILLISECONDS = 2_000
RETRY_SECONDS = 0.5


class Hub:
    """Fans the stream out. It remembers what the stream keeps, so that a browser's Last-Event-ID is answered without Redis."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.recent: deque[Entry] = deque(maxlen=KEPT)
        self.subscriptions: set[Subscription] = set()
        self.ready = asyncio.Event()
        self.closed = False
        self._task: asyncio.Task[None] | None = None

    @property
    def last_id(self) -> str:
        """The id of the newest event that was handed out; "" before the first read."""
        return self.recent[-1].id if self.recent else ""

    def start(self) -> None:
        """Begin to read, once; called on the event loop."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._follow())

    def close(self) -> None:
        """End every stream at once; called on the event loop when the process is told to stop."""
        self.closed = True
        self._end_all("closing")
        if self._task:
            self._task.cancel()

    async def subscribe(self, topics: frozenset[str], last_id: str = "", *, wait: float = 1.0) -> Subscription:
        """A subscription that begins after `last_id`, or now. It is ended at once when that id is unknown or Redis is gone."""
        self.start()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.ready.wait(), wait)
        subscription = Subscription(topics, self.last_id)
        if self.closed or not self.ready.is_set():
            subscription.end("closing" if self.closed else "unavailable")
        elif last_id and not self._replay(subscription, last_id):
            subscription.end("unknown-id")
        self.subscriptions.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget a subscription."""
        self.subscriptions.discard(subscription)

    def _replay(self, subscription: Subscription, last_id: str) -> bool:
        missed = list(dropwhile(lambda entry: entry.id != last_id, self.recent))
        for entry in missed[1:]:
            subscription.offer(entry)
        return bool(missed)

    def _end_all(self, reason: str) -> None:
        for subscription in self.subscriptions:
            subscription.end(reason)

    def _hand_out(self, entry: Entry) -> None:
        self.recent.append(entry)
        for subscription in self.subscriptions:
            subscription.offer(entry)

    async def _follow(self) -> None:
        while not self.closed:
            try:
                async with Redis.from_url(self.url, socket_timeout=5, socket_connect_timeout=0.5, decode_responses=True) as redis:
                    await self._read(redis)
            except (RedisError, OSError, EOFError) as error:
                logger.warning("live events are not available: %s", error)
            self.ready.clear()
            self._end_all("unavailable")
            await asyncio.sleep(RETRY_SECONDS)

    async def _read(self, redis: Redis) -> None:
        """Load what the stream keeps, then follow it until the connection fails or the stream was emptied behind our back."""
        self.recent.clear()
        if not await redis.exists(STREAM):
            # Without an entry there is no id that a browser could come back with.
            await redis.xadd(STREAM, fields_of(EVERYONE, "start", {}))  # type: ignore[arg-type]
        kept: Any = await redis.xrange(STREAM)
        self.recent.extend(entry_of(raw_id, fields) for raw_id, fields in kept)
        self.ready.set()
        while answer := await redis.xread({STREAM: self.last_id}, count=100, block=BLOCK_MILLISECONDS) or await redis.exists(STREAM):
            for _name, entries in answer if isinstance(answer, list) else []:
                for raw_id, fields in entries:
                    self._hand_out(entry_of(raw_id, fields))
            # An answer that was buffered already does not suspend this task; the clients must get their turn.
            await asyncio.sleep(0)
        logger.warning("the stream of live events was emptied")


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop, made on first use."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(settings.REDIS_URL)
        on_exit(loop, _hubs[loop].close)
    return _hubs[loop]


__all__ = ["RESET", "Hub", "hub"]
