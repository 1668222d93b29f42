"""The lines of some containers, merged, as Server-Sent Events: resumed by Last-Event-ID, ended when the rights end."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any

import orjson
from asgiref.sync import sync_to_async
from django.http import HttpRequest
from django.utils.translation import gettext as _

from clusters.connections import connection
from clusters.models import Cluster
from kube.connect import Api
from kube.errors import KubeError
from kube.log_lines import Line
from logs import cursor
from logs.choice import Choice
from logs.hub import LogHub, TooMany, log_hub
from logs.reading import Beginning, Reading
from logs.ring import Item
from logs.text import level_of, shown
from logs.upstream import Target
from streams.rights import release_connections, still_signed_in

RIGHTS_SECONDS = 15.0
# So soon a pod that starts is heard.
CHOICE_SECONDS = 3.0
KEEPALIVE_SECONDS = 15.0
# Lines that come in a burst go out together.
GATHER_SECONDS = 0.05
RETRY_MILLISECONDS = 2_000


class LogStream:
    """The life of one response.

    Events: `sources` [{id, pod, container, trouble, ended}]; `lines` with [source, milliseconds, level, text, cut] for each line and
    [source, what, run] where something is to be known between them; `reset` {reason} at its end.
    """

    def __init__(self, request: HttpRequest, choice: Choice, beginning: Beginning, still_allowed: Callable[[], bool]) -> None:
        self.request, self.choice, self.beginning, self.still_allowed = request, choice, beginning, still_allowed
        # A browser that was away asks with the id in the address: only its own retries send the header.
        self.seen = cursor.decode(request.headers.get("Last-Event-ID") or request.GET.get("after", ""))
        self.readings: dict[Target, Reading] = {}
        self.order: list[Target] = []
        # Why a container is not read.
        self.refused: dict[Target, str] = {}
        self.news = asyncio.Event()
        self._said: Any = None

    async def events(self) -> AsyncGenerator[bytes, None]:
        """The body until the client leaves or the rights end."""
        hub = log_hub()
        try:
            yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
            async for chunk in self._body(hub):
                yield chunk
        finally:
            for target in self.readings:
                hub.leave(target, self.news)

    async def _body(self, hub: LogHub) -> AsyncGenerator[bytes, None]:
        choose_at = rights_at = alive_at = 0.0
        while not hub.closed:
            now = time.monotonic()
            if now >= rights_at and not await _in_thread(self._is_allowed):
                yield _event("reset", {"reason": "denied"})
                return
            rights_at = now + RIGHTS_SECONDS if now >= rights_at else rights_at
            if now >= choose_at:
                await self._choose(hub)
                choose_at = now + CHOICE_SECONDS
            self.news.clear()
            async for chunk in self._chunks():
                alive_at = now + KEEPALIVE_SECONDS
                yield chunk
            if now >= alive_at:
                alive_at = now + KEEPALIVE_SECONDS
                yield b": alive\n\n"
            await self._wait(min(choose_at, rights_at) - time.monotonic())

    def _is_allowed(self) -> bool:
        return still_signed_in(self.request) and self.still_allowed()

    async def _choose(self, hub: LogHub) -> None:
        """Join what is new among the chosen containers; what is gone is read to its end by itself."""
        targets, api = await _in_thread(self._chosen)
        self.refused = {} if api else dict.fromkeys(targets, _("The cluster cannot be reached."))
        self._forget(hub, targets)
        for target in targets:
            if target in self.readings or api is None:
                continue
            try:
                upstream = hub.join(target, api, self.news)
            except TooMany:
                self.refused[target] = _("Too many logs are read at once.")
                continue
            seen = self.seen.get((target.pod, target.container))
            place = seen.place if seen and seen.uid == target.uid else None
            # One that started while the others were looked at is read from its first line on.
            beginning = self.beginning if not self._said else Beginning()
            self.readings[target] = Reading(target, api, upstream, place, beginning)
            self.order.append(target)

    def _forget(self, hub: LogHub, targets: list[Target]) -> None:
        """What is no longer there and was read to its end: else the place to come back to would grow with each pod that ever was."""
        over = [target for target, reading in self.readings.items() if target not in targets and reading.is_over]
        for target in over:
            hub.leave(target, self.news)
            del self.readings[target]
            self.seen.pop((target.pod, target.container), None)

    def _chosen(self) -> tuple[list[Target], Api | None]:
        cluster = Cluster.objects.get(pk=self.choice.namespace.cluster_id)
        try:
            return self.choice.targets(), connection(cluster)
        except KubeError:
            return self.choice.targets(), None

    async def _chunks(self) -> AsyncGenerator[bytes, None]:
        if (said := self._sources()) != self._said:
            self._said = said
            yield _event("sources", said)
        for number, target in enumerate(self.order):
            reading = self.readings.get(target)
            if reading is None:
                continue
            if reading.is_behind():
                if items := await self._earlier(reading):
                    yield self._lines(number, items)
                self.news.set()
            elif items := reading.ready():
                yield self._lines(number, items)
                if reading.has_more:
                    self.news.set()

    async def _earlier(self, reading: Reading) -> list[Item]:
        try:
            return await asyncio.to_thread(reading.earlier)
        except KubeError as error:
            reading.upstream.trouble = str(error)
            await asyncio.sleep(1.0)
            return []

    def _lines(self, number: int, items: list[Item]) -> bytes:
        target = self.order[number]
        if place := self.readings[target].place:
            self.seen[target.pod, target.container] = cursor.Seen(target.uid, place)
        shown_items = [_row(number, item) if isinstance(item, Line) else [number, item.what, item.run] for item in items]
        return f"id: {cursor.encode(self.seen)}\n".encode() + _event("lines", shown_items)

    def _sources(self) -> list[dict[str, Any]]:
        found = []
        for number, target in enumerate(self.order):
            upstream = self.readings[target].upstream if target in self.readings else None
            state = {"trouble": shown(upstream.trouble), "ended": upstream.ended} if upstream else {"trouble": "", "ended": True}
            found.append({**_named(number, target), **state})
        return found + [{**_named(-1, target), "trouble": why, "ended": False} for target, why in self.refused.items()]

    async def _wait(self, seconds: float) -> None:
        if not self.news.is_set() and seconds > 0:
            try:
                await asyncio.wait_for(self.news.wait(), seconds)
            except TimeoutError:
                return
        await asyncio.sleep(GATHER_SECONDS)


def _named(number: int, target: Target) -> dict[str, Any]:
    return {"id": number, "pod": target.pod, "container": target.container}


def _row(number: int, line: Line) -> list[Any]:
    text = shown(line.text)
    return [number, line.place.at // 1_000_000, level_of(text), text, line.cut]


def _event(name: str, data: Any) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"


async def _in_thread(ask: Callable[[], Any]) -> Any:
    """Ask the database in a thread, and give the connection back: a stream holds none while it waits."""

    def asked() -> Any:
        try:
            return ask()
        finally:
            release_connections()

    return await sync_to_async(asked)()
