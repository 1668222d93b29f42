"""Events about pods, counted up when they repeat, as the kubelet and the scheduler write them."""

import asyncio
import logging
import secrets

from sandbox.simulate.client import STRATEGIC, ApiError, Client, Object
from sandbox.simulate.clock import now
from sandbox.simulate.informer import UNREACHABLE

log = logging.getLogger("sandbox.simulate")
REMEMBERED = 4096


class Events:
    """Writes events without ever holding up what they tell of."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[tuple[str, str, str], tuple[str, int]] = {}
        self._queue: asyncio.Queue[tuple[Object, str, str, str, str, str]] = asyncio.Queue(10_000)

    def tell(self, pod: Object, kind: str, reason: str, message: str, *, source: str, host: str = "", field: str = "") -> None:
        """Queue an event; `kind` is Normal or Warning. Dropped when ten thousand wait."""
        reference = _reference(pod, field)
        if not self._queue.full():
            self._queue.put_nowait((reference, kind, reason, message, source, host))

    async def run(self) -> None:
        """Write queued events until cancelled."""
        while True:
            try:
                await self._write(*await self._queue.get())
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


def _reference(pod: Object, field: str) -> Object:
    metadata = pod["metadata"]
    reference = {"kind": "Pod", "apiVersion": "v1", **{key: metadata[key] for key in ("namespace", "name", "uid", "resourceVersion")}}
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
