"""Keeps a copy of every object of one kind: list, then watch, and again after any failure."""

import asyncio
import logging
from collections.abc import Callable

import aiohttp

from sandbox.simulate.client import ApiError, Client, Object

log = logging.getLogger("sandbox.simulate")
Handler = Callable[[str, Object], None]
RETRY = 1.0
UNREACHABLE = (aiohttp.ClientError, OSError, TimeoutError, ValueError)


class Informer:
    """`objects` by uid; `handler` gets ADDED, MODIFIED and DELETED, after a new list only for what differs."""

    def __init__(self, client: Client, path: str, handler: Handler) -> None:
        self._client, self._path, self._handler = client, path, handler
        self.objects: dict[str, Object] = {}
        self.synced = asyncio.Event()

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
        found = {item["metadata"]["uid"]: item for item in answer["items"]}
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
        uid = item["metadata"]["uid"]
        if event == "DELETED":
            self.objects.pop(uid, None)
        else:
            self.objects[uid] = item
        self._handler(event, item)
