"""A namespace that goes away is emptied of everything in it, says what it waits for, and is let go."""

import asyncio

from sandbox.background.remaining import Remaining, conditions
from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.discovery import Resource, discover
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.controllers.queue import Key, WorkQueue

NAMESPACES = "/api/v1/namespaces"
# Unless this is said, a Job leaves its pods behind.
AND_DEPENDENTS = "?propagationPolicy=Background"
FINALIZER = "kubernetes"
AGAIN = 1.0


async def run_namespaces(client: Client, informers: Informers, events: Events) -> None:
    """Run until cancelled."""
    namespaces = informers.of(NAMESPACES)

    async def reconcile(key: Key) -> None:
        namespace = namespaces.named(*key)
        if namespace is not None and _is_going(namespace) and not await _empty(client, namespace):
            queue.add(key, after=AGAIN)

    queue = WorkQueue("namespaces", reconcile, workers=8)

    def observe(event: str, namespace: Object) -> None:
        if event != "DELETED" and _is_going(namespace):
            queue.add(("", namespace["metadata"]["name"]))

    await namespaces.synced.wait()
    namespaces.listen(observe)
    await queue.run()


def _is_going(namespace: Object) -> bool:
    return "deletionTimestamp" in namespace["metadata"] and FINALIZER in (namespace["spec"].get("finalizers") or [])


async def _empty(client: Client, namespace: Object) -> bool:
    """Delete the content; returns whether nothing was left, so that the namespace could be let go."""
    name = namespace["metadata"]["name"]
    resources, failed = await discover(client)
    left = Remaining()
    left.undiscovered = "; ".join(f"{version}: {why}" for version, why in failed.items())
    emptied = [each for each in resources if each.namespaced and {"delete", "list"} <= each.verbs]
    for resource, items in zip(emptied, await asyncio.gather(*[_clear(client, each, name) for each in emptied]), strict=True):
        for item in items:
            left.add(resource.name, item["metadata"])
    await _tell(client, namespace, left)
    if left:
        return False
    kept = [each for each in namespace["spec"]["finalizers"] if each != FINALIZER]
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "spec": {"finalizers": kept}}
    await client.call("PUT", f"{NAMESPACES}/{name}/finalize", body)
    return True


async def _clear(client: Client, resource: Resource, namespace: str) -> list[Object]:
    """Delete every object of a resource; returns those that are still there."""
    path = resource.path(namespace)
    items = await _list(client, path)
    if all("deletionTimestamp" in item["metadata"] for item in items):
        return items
    if "deletecollection" in resource.verbs:
        await client.call("DELETE", path + AND_DEPENDENTS)
    else:
        await asyncio.gather(*[_delete(client, f"{path}/{item['metadata']['name']}") for item in items])
    return await _list(client, path)


async def _list(client: Client, path: str) -> list[Object]:
    try:
        return list((await client.call("GET", path)).get("items") or [])
    except ApiError as error:
        # A resource that has just gone, or one that cannot be listed after all.
        if error.code not in (404, 405):
            raise
        return []


async def _delete(client: Client, path: str) -> None:
    try:
        await client.call("DELETE", path + AND_DEPENDENTS)
    except ApiError as error:
        if error.code != 404:
            raise


async def _tell(client: Client, namespace: Object, left: Remaining) -> None:
    before = (namespace.get("status") or {}).get("conditions") or []
    wanted = conditions(left, before)
    if wanted != before:
        path = f"{NAMESPACES}/{namespace['metadata']['name']}/status"
        patch = {"status": {"conditions": wanted}}
        await client.call("PATCH", path, patch, content_type="application/merge-patch+json")
