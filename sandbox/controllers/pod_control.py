"""Creates and deletes the pods of an owner, with the events that tell of it."""

import asyncio
from collections.abc import Awaitable, Callable

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.events import Events
from sandbox.controllers.expectations import Expectations
from sandbox.controllers.ownership import reference_to
from sandbox.controllers.paths import PODS, path_of, within
from sandbox.controllers.queue import Key

NAMESPACE_ENDS = "because it is being terminated"


class PodControl:
    """`source` is the component that the events name."""

    def __init__(self, client: Client, events: Events, expectations: Expectations, source: str) -> None:
        self._client, self._events, self._expectations, self._source = client, events, expectations, source

    async def create(self, key: Key, owner: Object, pod: Object) -> bool:
        """Create a pod; False if its namespace takes no more. Raises ApiError for any other refusal, after telling of it."""
        try:
            created = await self._client.call("POST", within(PODS, key[0]), pod)
        except ApiError as error:
            if NAMESPACE_ENDS in error.message:
                return False
            self._tell(owner, "Warning", "FailedCreate", f"Error creating: {error.message}")
            raise
        self._expectations.created(key, created)
        self._tell(owner, "Normal", "SuccessfulCreate", f"Created pod: {created['metadata']['name']}")
        return True

    async def delete(self, key: Key, owner: Object, pod: Object) -> None:
        """Delete a pod if it is still this one; raises ApiError unless it is gone already."""
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": pod["metadata"]["uid"]}}
        try:
            await self._client.call("DELETE", path_of(PODS, pod), body)
        except ApiError as error:
            if error.code in (404, 409):
                return
            self._tell(owner, "Warning", "FailedDelete", f"Error deleting: {error.message}")
            raise
        self._expectations.deleted(key, pod)
        self._tell(owner, "Normal", "SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}")

    def _tell(self, owner: Object, kind: str, reason: str, message: str) -> None:
        self._events.tell(owner, kind, reason, message, source=self._source)


def pod_from(template: Object, owner: Object) -> Object:
    """A pod of this template, named after its owner and controlled by it."""
    given = template.get("metadata") or {}
    kept = {key: given[key] for key in ("labels", "annotations", "finalizers") if given.get(key)}
    metadata = {"generateName": f"{owner['metadata']['name']}-", **kept, "ownerReferences": [reference_to(owner)]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


async def slow_start(count: int, act: Callable[[], Awaitable[bool]]) -> None:
    """Act `count` times in batches of 1, 2, 4 and so on, so that what is refused is asked for once, not `count` times.

    Ends at a batch of which something was refused; raises the first ApiError of it.
    """
    batch = 1
    while count > 0:
        results = await asyncio.gather(*[act() for _ in range(min(batch, count))], return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        if not all(results):
            return
        count -= batch
        batch *= 2
