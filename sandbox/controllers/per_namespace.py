"""Keeps one object of a fixed name in every namespace that is not going away."""

from collections.abc import Callable

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.informer import Informers
from sandbox.controllers.queue import Key, WorkQueue

NAMESPACES = "/api/v1/namespaces"


class PerNamespace:
    """`wanted` is the object without its namespace; one for which `is_right` is false is replaced."""

    def __init__(self, client: Client, informers: Informers, plural: str, wanted: Object, is_right: Callable[[Object], bool]) -> None:
        self._client, self._plural, self._wanted, self._is_right = client, plural, wanted, is_right
        self._namespaces, self._objects = informers.of(NAMESPACES), informers.of(f"/api/v1/{plural}")
        self._queue = WorkQueue(plural, self._reconcile)

    async def run(self) -> None:
        """Run until cancelled."""
        await self._namespaces.synced.wait()
        await self._objects.synced.wait()
        self._namespaces.listen(lambda event, namespace: self._queue.add(("", namespace["metadata"]["name"])))
        self._objects.listen(self._observe)
        await self._queue.run()

    def _observe(self, event: str, item: Object) -> None:
        if item["metadata"]["name"] == self._wanted["metadata"]["name"] and event != "ADDED":
            self._queue.add(("", item["metadata"]["namespace"]))

    async def _reconcile(self, key: Key) -> None:
        namespace, name = self._namespaces.named(*key), self._wanted["metadata"]["name"]
        if namespace is None or "deletionTimestamp" in namespace["metadata"]:
            return
        path, item = f"{NAMESPACES}/{key[1]}/{self._plural}", self._objects.named(key[1], name)
        if item is None:
            await self._create(path)
        elif not self._is_right(item):
            await self._client.call("PUT", f"{path}/{name}", {**item, **self._wanted, "metadata": item["metadata"]})

    async def _create(self, path: str) -> None:
        try:
            await self._client.call("POST", path, self._wanted)
        except ApiError as error:
            # 403 and 404: the namespace has begun to go, or is gone; 409: somebody was faster.
            if error.code not in (403, 404, 409):
                raise
