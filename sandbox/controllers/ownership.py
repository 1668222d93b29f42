"""Owner references: who controls an object, and how an owner takes in orphans that it selects and lets go of others."""

from collections.abc import Callable

from sandbox.client.calls import STRATEGIC, ApiError, Client, Object
from sandbox.controllers.paths import path_of

Selects = Callable[[Object], bool]
# The object went, or is another one by now.
GONE = (404, 422)


def controller_of(item: Object) -> Object | None:
    """The owner reference that says `controller: true`, or None for an orphan."""
    return next((each for each in item["metadata"].get("ownerReferences") or [] if each.get("controller")), None)


def is_controlled_by(item: Object, owner: Object) -> bool:
    """Whether this very owner controls the object."""
    reference = controller_of(item)
    return reference is not None and bool(reference["uid"] == owner["metadata"]["uid"])


def reference_to(owner: Object) -> Object:
    """The owner reference that a controller writes into what it creates."""
    identity = {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
    }
    return {**identity, "controller": True, "blockOwnerDeletion": True}


class Claims:
    """Takes in and lets go of the objects of one collection on behalf of the owners in another."""

    def __init__(self, client: Client, owners: str, items: str) -> None:
        self._client, self._owners, self._items = client, owners, items

    async def claim(self, owner: Object, candidates: list[Object], selects: Selects) -> list[Object]:
        """The candidates that the owner controls from now on."""
        kept, orphans = [], []
        for item in candidates:
            if is_controlled_by(item, owner):
                if selects(item):
                    kept.append(item)
                elif "deletionTimestamp" not in owner["metadata"]:
                    await self._release(owner, item)
            elif controller_of(item) is None and selects(item) and "deletionTimestamp" not in item["metadata"]:
                orphans.append(item)
        if orphans and await self._may_adopt(owner):
            kept += [item for item in orphans if await self._adopt(owner, item)]
        return kept

    async def _may_adopt(self, owner: Object) -> bool:
        """Asked of the server: a copy may be of an owner that is long gone."""
        try:
            live = await self._client.call("GET", path_of(self._owners, owner))
        except ApiError as error:
            if error.code == 404:
                return False
            raise
        return live["metadata"]["uid"] == owner["metadata"]["uid"] and "deletionTimestamp" not in live["metadata"]

    async def _adopt(self, owner: Object, item: Object) -> bool:
        return await self._patch(item, reference_to(owner))

    async def _release(self, owner: Object, item: Object) -> bool:
        return await self._patch(item, {"$patch": "delete", "uid": owner["metadata"]["uid"]})

    async def _patch(self, item: Object, reference: Object) -> bool:
        patch = {"metadata": {"uid": item["metadata"]["uid"], "ownerReferences": [reference]}}
        try:
            await self._client.call("PATCH", path_of(self._items, item), patch, content_type=STRATEGIC)
        except ApiError as error:
            if error.code in GONE:
                return False
            raise
        return True
