"""Keeps the definitions and namespaces of the real cluster in the embedded server that holds the custom objects."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.informer import UNREACHABLE, Handler, Informers
from sandbox.custom_objects.registration import DEFINITIONS, served_versions
from sandbox.custom_objects.routes import Routes, Version

log = logging.getLogger(__name__)
NAMESPACES = "/api/v1/namespaces"
RETRY = 0.5
# How long a request waits for a namespace or a kind that the real cluster has and the embedded server does not have yet.
PATIENCE = 5.0
Key = tuple[str, str]


class Mirror:
    """Settles one object at a time, until what the real cluster says of it is true here too."""

    def __init__(self, real: Client, embedded: Client, routes: Routes) -> None:
        self._real, self._embedded, self._routes = real, embedded, routes
        self._informers = Informers(real)
        self._due: dict[Key, None] = {}
        self._woken = asyncio.Event()
        # What is here, and which groups and versions of it are served.
        self._known: dict[Key, set[Version]] = {}
        self.settled = asyncio.Event()

    async def run(self) -> None:
        """Run until cancelled."""
        for path in (DEFINITIONS, NAMESPACES):
            self._informers.of(path).listen(self._marker(path))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._informers.run())
            await self._informers.synced()
            await self._mark_leftovers()
            while True:
                await self._settle_due()

    async def has(self, path: str, name: str) -> None:
        """Return when the embedded server has this definition or namespace, if the real cluster has it; at most a few seconds later."""
        await self._until(path, name, lambda: (path, name) in self._known)

    async def has_version(self, group: str, version: str) -> None:
        """The same for every definition that has this group and version served."""
        if self._is_known((group, version)):
            return
        for name in await self._defining((group, version)):
            key = DEFINITIONS, name
            await self._until(*key, partial(self._has_served, key, (group, version)))

    async def defines(self, version: Version) -> bool:
        """Whether the real cluster has a definition with this group and version served; raises ApiError and what the client raises."""
        return self._is_known(version) or bool(await self._defining(version))

    def _has_served(self, key: Key, version: Version) -> bool:
        return version in self._known.get(key, ())

    def _is_known(self, version: Version) -> bool:
        return any(version in versions for versions in self._known.values())

    async def _defining(self, version: Version) -> list[str]:
        items = (await self._real.call("GET", DEFINITIONS))["items"]
        return [each["metadata"]["name"] for each in items if version in served_versions(each)]

    async def _until(self, path: str, name: str, holds: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds() and await self._is_there(path, name):
                    self._mark((path, name))
                    await asyncio.sleep(0.02)
        except (ApiError, *UNREACHABLE) as error:
            log.info("%s/%s: %s", path, name, error or "not here yet")

    def _marker(self, path: str) -> Handler:
        return lambda _, item: self._mark((path, item["metadata"]["name"]))

    def _mark(self, key: Key) -> None:
        self._due[key] = None
        self._woken.set()

    async def _mark_leftovers(self) -> None:
        """What went away while nobody looked."""
        for path in (DEFINITIONS, NAMESPACES):
            for item in (await self._embedded.call("GET", path))["items"]:
                self._mark((path, item["metadata"]["name"]))

    async def _settle_due(self) -> None:
        if not self._due:
            self.settled.set()
            self._woken.clear()
            is_late = await self._forget_versions()
            try:
                await asyncio.wait_for(self._woken.wait(), 1.0 if is_late else None)
            except TimeoutError:
                return
        keys, self._due = list(self._due), {}
        for key in keys:
            try:
                await (self._settle_definition if key[0] == DEFINITIONS else self._settle_namespace)(key)
            except (ApiError, *UNREACHABLE) as error:
                log.warning("%s/%s: %s; trying again", *key, error or type(error).__name__)
                asyncio.get_running_loop().call_later(RETRY, self._mark, key)

    async def _settle_definition(self, key: Key) -> None:
        found = await self._find(key)
        if found is None:
            self._known.pop(key, None)
            await self._remove(key)
            return
        versions = set(served_versions(found))
        await self._write(key, {**_identity(found), "spec": found["spec"]})
        self._known[key] = versions
        for version in versions:
            await self._routes.register(version)

    async def _settle_namespace(self, key: Key) -> None:
        found = await self._find(key)
        if found is None or "deletionTimestamp" in found["metadata"]:
            # The embedded server empties it by itself; meanwhile it takes nothing new in.
            self._known.pop(key, None)
            await self._remove(key)
        elif key not in self._known:
            await self._write(key, _identity(found))
            self._known[key] = set()

    async def _write(self, key: Key, wanted: Object) -> None:
        path, name = key
        try:
            await self._embedded.call("POST", path, wanted)
        except ApiError as error:
            if error.code != 409:
                raise
            there = await self._embedded.call("GET", f"{path}/{name}")
            if "deletionTimestamp" in there["metadata"]:
                raise ApiError(409, "the one before it is still going away") from error
            if wanted.get("spec", there.get("spec")) != there.get("spec"):
                await self._embedded.call("PUT", f"{path}/{name}", there | {"spec": wanted["spec"]})

    async def _remove(self, key: Key) -> None:
        try:
            await self._embedded.call("DELETE", "/".join(key))
        except ApiError as error:
            # Of the namespaces that every cluster has.
            if error.code not in (403, 404):
                raise

    async def _find(self, key: Key) -> Object | None:
        """What the real cluster has now: the informers may be a moment behind."""
        try:
            return await self._real.call("GET", "/".join(key))
        except ApiError as error:
            if error.code == 404:
                return None
            raise

    async def _is_there(self, path: str, name: str) -> bool:
        found = await self._find((path, name))
        return found is not None and "deletionTimestamp" not in found["metadata"]

    async def _forget_versions(self) -> bool:
        objects = self._informers.of(DEFINITIONS).objects.values()
        return await self._routes.forget({version for each in objects for version in served_versions(each)})


def _identity(found: Object) -> dict[str, Any]:
    return {"apiVersion": found["apiVersion"], "kind": found["kind"], "metadata": {"name": found["metadata"]["name"]}}
