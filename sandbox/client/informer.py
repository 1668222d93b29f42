"""Keeps a copy of every object of one kind: list, then watch, and again after any failure."""

import asyncio
import logging
from collections.abc import Callable

import aiohttp

from sandbox.client.calls import ApiError, Client, Object

log = logging.getLogger(__name__)
Handler = Callable[[str, Object], None]
RETRY = 1.0
UNREACHABLE = (aiohttp.ClientError, OSError, TimeoutError, ValueError)


class Informer:
    """`objects` by uid; handlers get ADDED, MODIFIED and DELETED, after a new list only for what differs."""

    def __init__(self, client: Client, path: str) -> None:
        self._client, self._path = client, path
        self._handlers: list[Handler] = []
        self.objects: dict[str, Object] = {}
        self._by_space: dict[str, dict[str, Object]] = {}
        self.synced = asyncio.Event()

    def listen(self, handler: Handler) -> None:
        """Call `handler` with every event from now on, and with ADDED for what is already known."""
        self._handlers.append(handler)
        for item in list(self.objects.values()):
            handler("ADDED", item)

    def named(self, namespace: str, name: str) -> Object | None:
        """The object of this name as last seen, or None; `namespace` is empty for cluster-scoped kinds."""
        return self._by_space.get(namespace, {}).get(name)

    def within(self, namespace: str) -> list[Object]:
        """Every object of a namespace as last seen."""
        return list(self._by_space.get(namespace, {}).values())

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            try:
                version = await self._list()
                self.synced.set()
                while version:
                    version = await self._watch(version)
            except (ApiError, *UNREACHABLE) as error:
                log.info("%s: %s; trying again", self._path, error)
                await asyncio.sleep(RETRY)

    async def _list(self) -> str:
        answer = await self._client.call("GET", self._path, seconds=30)
        identity = {"kind": answer["kind"].removesuffix("List"), "apiVersion": answer["apiVersion"]}
        found = {item["metadata"]["uid"]: {**identity, **item} for item in answer["items"]}
        for uid in self.objects.keys() - found.keys():
            self._handle("DELETED", self.objects[uid])
        for uid, item in found.items():
            if uid not in self.objects:
                self._handle("ADDED", item)
            elif self.objects[uid]["metadata"]["resourceVersion"] != item["metadata"]["resourceVersion"]:
                self._handle("MODIFIED", item)
        return str(answer["metadata"]["resourceVersion"])

    async def _watch(self, version: str) -> str:
        """Watch until the server ends it; returns the version to go on from, empty to list again."""
        async for event in self._client.watch(self._path, version):
            if event["type"] == "ERROR":
                return ""
            version = event["object"]["metadata"]["resourceVersion"]
            if event["type"] != "BOOKMARK":
                self._handle(event["type"], event["object"])
        return version

    def _handle(self, event: str, item: Object) -> None:
        metadata = item["metadata"]
        uid, name, space = metadata["uid"], metadata["name"], self._by_space.setdefault(metadata.get("namespace", ""), {})
        if event == "DELETED":
            self.objects.pop(uid, None)
            # Its successor of the same name may be here already, after a new list.
            if name in space and space[name]["metadata"]["uid"] == uid:
                del space[name]
        else:
            self.objects[uid] = space[name] = item
        for handler in self._handlers:
            handler(event, item)


class Informers:
    """One informer per path, shared by every part that wants it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._by_path: dict[str, Informer] = {}
        self._group: asyncio.TaskGroup | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def of(self, path: str) -> Informer:
        """The informer of a collection such as `/apis/apps/v1/deployments`; it starts with the others, or now if they run."""
        if path not in self._by_path:
            self._by_path[path] = Informer(self._client, path)
            self._start(path)
        return self._by_path[path]

    def drop(self, path: str) -> None:
        """End the informer of a collection that is no longer served."""
        self._by_path.pop(path, None)
        if path in self._tasks:
            self._tasks.pop(path).cancel()

    async def synced(self) -> None:
        """Return when every informer has its first list."""
        for informer in list(self._by_path.values()):
            await informer.synced.wait()

    async def run(self) -> None:
        """Run all of them until cancelled."""
        async with asyncio.TaskGroup() as self._group:
            for path in list(self._by_path):
                self._start(path)
            await asyncio.Event().wait()

    def _start(self, path: str) -> None:
        if self._group is not None:
            self._tasks[path] = self._group.create_task(self._by_path[path].run())
