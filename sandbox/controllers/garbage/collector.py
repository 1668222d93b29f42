"""The garbage collector: deletes what has lost all its owners, in the background or before them, or lets go of it."""

import asyncio
import logging
from collections import OrderedDict

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.discovery import Resource, discover
from sandbox.client.events import Events
from sandbox.client.informer import UNREACHABLE, Informers
from sandbox.controllers.garbage.graph import FOREGROUND, ORPHAN, Graph, Node, without
from sandbox.controllers.queue import Key, WorkQueue

log = logging.getLogger(__name__)
SOURCE = "garbage-collector-controller"
MERGE = "application/merge-patch+json"
NEEDED = frozenset({"list", "watch", "delete"})
IGNORED = frozenset({"events", "events.events.k8s.io"})
REFRESH = 3.0
REMEMBERED = 500


async def run_garbage(client: Client, informers: Informers, events: Events) -> None:
    """Run the collector until cancelled."""
    await Collector(client, informers, events).run()


class Collector:
    """Watches everything that can be deleted, of whatever kinds there come to be."""

    def __init__(self, client: Client, informers: Informers, events: Events) -> None:
        self._client, self._informers, self._events = client, informers, events
        self._graph = Graph()
        self._kinds: dict[tuple[str, str], Resource] = {}
        self._watched: dict[str, Resource] = {}
        self._absent: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._queue = WorkQueue("garbage", self._reconcile)

    async def run(self) -> None:
        """Run until cancelled."""
        while not await self._refresh():
            await asyncio.sleep(1)
        for path in self._watched:
            await self._informers.of(path).synced.wait()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._queue.run())
            group.create_task(self._keep_refreshed())

    async def _keep_refreshed(self) -> None:
        while True:
            await asyncio.sleep(REFRESH)
            await self._refresh()

    async def _refresh(self) -> bool:
        """Learn what is served, and watch what is new; False if the server cannot be asked."""
        try:
            resources, failed = await discover(self._client)
        except (ApiError, *UNREACHABLE) as error:
            log.info("discovery: %s; trying again", error)
            return False
        self._kinds = {(each.group, each.kind): each for each in resources}
        wanted = {each.path(): each for each in resources if each.verbs >= NEEDED and each.name not in IGNORED}
        for path in wanted.keys() - self._watched.keys():
            self._watch(path, wanted[path])
        for path in self._watched.keys() - wanted.keys():
            if not failed:
                self._forget(path)
        return True

    def _watch(self, path: str, resource: Resource) -> None:
        self._watched[path] = resource
        self._informers.of(path).listen(lambda event, item: self._see(event, Node(resource, item)))

    def _forget(self, path: str) -> None:
        resource = self._watched.pop(path)
        for uid in [uid for uid, node in self._graph.nodes.items() if node.resource == resource]:
            self._graph.drop(uid)
        self._informers.drop(path)

    def _see(self, event: str, node: Node) -> None:
        if event == "DELETED":
            self._graph.drop(node.uid)
            for other in self._graph.dependents(node.uid):
                self._add(other.uid)
        elif not self._graph.put(node):
            return
        if node.owners or node.is_going:
            self._add(node.uid)
        for owner in node.owners:
            if owner["uid"] in self._graph.nodes and self._graph.nodes[owner["uid"]].waits_for_dependents:
                self._add(owner["uid"])

    def _add(self, uid: str) -> None:
        self._queue.add(("", uid))

    async def _reconcile(self, key: Key) -> None:
        node = self._graph.nodes.get(key[1])
        if node is None:
            return
        try:
            await self._judge(node)
        except ApiError as error:
            # Gone, or changed: its next event brings it here again.
            if error.code not in (404, 409, 422):
                raise
            self._queue.add(key, after=1.0)

    async def _judge(self, node: Node) -> None:
        if node.orphans_dependents:
            await self._let_go(node)
        elif node.waits_for_dependents:
            await self._clear(node)
        elif not node.is_going and node.owners:
            await self._examine(node)

    async def _let_go(self, owner: Node) -> None:
        """Leave the dependents without this owner, then let it go."""
        for each in self._graph.dependents(owner.uid):
            await self._patch(each, "ownerReferences", without(each.owners, {owner.uid}))
        await self._patch(owner, "finalizers", [each for each in owner.finalizers if each != ORPHAN])

    async def _clear(self, owner: Node) -> None:
        """Have the dependents deleted; those that say so hold their owner until they are gone."""
        dependents = self._graph.dependents(owner.uid)
        if not any(_blocks(each, owner) for each in dependents):
            await self._patch(owner, "finalizers", [each for each in owner.finalizers if each != FOREGROUND])
        for each in dependents:
            self._add(each.uid)

    async def _examine(self, node: Node) -> None:
        absent, waiting, solid = set(), set(), False
        for reference in node.owners:
            uid = reference["uid"]
            if not await self._exists(node, reference):
                absent.add(uid)
            elif (owner := self._graph.nodes.get(uid)) is not None and owner.waits_for_dependents:
                waiting.add(uid)
            else:
                solid = True
        if solid and (absent or waiting):
            await self._patch(node, "ownerReferences", without(node.owners, absent | waiting))
        elif not solid:
            await self._delete(node, in_foreground=bool(waiting and self._graph.dependents(node.uid)))

    async def _exists(self, node: Node, reference: Object) -> bool:
        """Whether an owner is there; only the server's word counts for one that no informer shows."""
        uid = reference["uid"]
        owner = self._graph.nodes.get(uid)
        if owner is not None and owner.namespace in ("", node.namespace):
            return True
        if (node.namespace, uid) in self._absent:
            return False
        group, _, _ = reference["apiVersion"].rpartition("/")
        resource = self._kinds.get((group, reference["kind"]))
        if resource is None:
            # Its kind may come to be known: until then nothing can be said of it.
            self._queue.add(("", node.uid), after=REFRESH)
            return True
        if owner is not None or (resource.namespaced and not node.namespace):
            self._report(node, reference)
        if resource.namespaced and not node.namespace:
            return True
        return await self._is_found(node, reference, resource)

    async def _is_found(self, node: Node, reference: Object, resource: Resource) -> bool:
        place = node.namespace if resource.namespaced else ""
        try:
            found = await self._client.call("GET", f"{resource.path(place)}/{reference['name']}")
        except ApiError as error:
            if error.code != 404:
                raise
        else:
            if found["metadata"]["uid"] == reference["uid"]:
                return True
        self._absent[node.namespace, reference["uid"]] = None
        if len(self._absent) > REMEMBERED:
            self._absent.popitem(last=False)
        return False

    def _report(self, node: Node, reference: Object) -> None:
        place, identity = node.namespace, f"{reference['apiVersion']}/{reference['kind']}"
        shown = f"[{identity}, namespace: {place}, name: {reference['name']}, uid: {reference['uid']}]"
        message = f'ownerRef {shown} does not exist in namespace "{place}"'
        self._events.tell(node.item, "Warning", "OwnerRefInvalidNamespace", message, source=SOURCE)

    async def _delete(self, node: Node, *, in_foreground: bool) -> None:
        policy = "Background"
        if ORPHAN in node.finalizers:
            policy = "Orphan"
        elif in_foreground or FOREGROUND in node.finalizers:
            policy = "Foreground"
        metadata = node.item["metadata"]
        preconditions = {"uid": node.uid, "resourceVersion": metadata["resourceVersion"]}
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": policy, "preconditions": preconditions}
        await self._client.call("DELETE", node.path, body)

    async def _patch(self, node: Node, field: str, value: list[Object] | list[str]) -> None:
        metadata = {"uid": node.uid, "resourceVersion": node.item["metadata"]["resourceVersion"], field: value or None}
        await self._client.call("PATCH", node.path, {"metadata": metadata}, content_type=MERGE)


def _blocks(node: Node, owner: Node) -> bool:
    return any(each["uid"] == owner.uid and each.get("blockOwnerDeletion") for each in node.owners)
