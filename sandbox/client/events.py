"""Events about objects, counted up when they repeat, as the kubelet, the scheduler and the controllers write them."""

import asyncio
import logging
import secrets

from sandbox.client.calls import STRATEGIC, ApiError, Client, Object
from sandbox.client.clock import now
from sandbox.client.informer import UNREACHABLE

log = logging.getLogger(__name__)
REMEMBERED = 4096
WRITERS, LONGEST = 4, 10_000
Told = tuple[Object, str, str, str, str, str]


class Events:
    """Writes events without ever holding up what they tell of."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[tuple[str, str, str], tuple[str, int]] = {}
        # Those of one object share a queue, and so stay in order.
        self._queues: list[asyncio.Queue[Told]] = [asyncio.Queue(LONGEST) for _ in range(WRITERS)]

    def tell(self, about: Object, kind: str, reason: str, message: str, *, source: str, host: str = "", field: str = "") -> None:
        """Queue an event about an object (a pod if it says no kind); `kind` is Normal or Warning. Dropped when 10,000 wait before it."""
        reference = _reference(about, field)
        queue = self._queues[hash(reference["uid"]) % WRITERS]
        if not queue.full():
            queue.put_nowait((reference, kind, reason, message, source, host))

    async def run(self) -> None:
        """Write queued events until cancelled."""
        async with asyncio.TaskGroup() as group:
            for queue in self._queues:
                group.create_task(self._drain(queue))

    async def _drain(self, queue: asyncio.Queue[Told]) -> None:
        while True:
            try:
                await self._write(*await queue.get())
            except (ApiError, *UNREACHABLE) as error:
                log.info("an event was not written: %s", error)

    async def _write(self, reference: Object, kind: str, reason: str, message: str, source: str, host: str) -> None:
        path = f"/api/v1/namespaces/{reference['namespace']}/events"
        key = (reference["uid"], reason, message)
        if key in self._known:
            name, count = self._known[key]
            try:
                await self._client.call("PATCH", f"{path}/{name}", {"count": count + 1, "lastTimestamp": now()}, content_type=STRATEGIC)
            except ApiError as error:
                if error.code != 404:
                    raise
                del self._known[key]
            else:
                self._known[key] = name, count + 1
                return
        name = f"{reference['name']}.{secrets.token_hex(8)}"
        await self._client.call("POST", path, _event(name, reference, kind, reason, message, source, host))
        self._remember(key, name)

    def _remember(self, key: tuple[str, str, str], name: str) -> None:
        self._known[key] = name, 1
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]


def _reference(about: Object, field: str) -> Object:
    metadata = about["metadata"]
    identity = {"kind": about.get("kind", "Pod"), "apiVersion": about.get("apiVersion", "v1")}
    # Events about cluster-scoped objects live in the namespace default.
    place = {"namespace": metadata.get("namespace", "default")}
    reference = {**identity, **place, **{key: metadata[key] for key in ("name", "uid", "resourceVersion")}}
    return reference | ({"fieldPath": field} if field else {})


def _event(name: str, reference: Object, kind: str, reason: str, message: str, source: str, host: str) -> Object:
    at = now()
    event: Object = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": reference["namespace"]},
        "involvedObject": reference,
    }
    event |= {"type": kind, "reason": reason, "message": message, "count": 1, "firstTimestamp": at, "lastTimestamp": at}
    reporter = {"component": source, **({"host": host} if host else {})}
    return event | {"source": reporter, "reportingComponent": source, "reportingInstance": host}
