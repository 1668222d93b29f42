"""Writes what a predictor needs and removes what is needed no more: create, replace where it differs, delete."""

import hashlib
import json

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.informer import Informer
from sandbox.controllers.ownership import is_controlled_by
from sandbox.controllers.paths import path_of, within
from sandbox.serving.problems import INVALID_SPEC, SpecProblem

# What the server or others decide, by kind.
ADDRESSES = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")
KEPT = {"Deployment": ("replicas",), "Service": ADDRESSES, "HorizontalPodAutoscaler": (), "Revision": ()}


class Workloads:
    """Remembers of each object what it wrote, and that nobody has changed its spec since."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._written: dict[str, tuple[str, int]] = {}

    async def ensure(self, informer: Informer, collection: str, owner: Object, wanted: Object, *, first: Object | None = None) -> Object:
        """The object as it is now; `first` is what its spec begins with, until somebody else decides.

        Raises SpecProblem when it is somebody else's or is refused, ApiError else.
        """
        metadata = wanted["metadata"]
        present = informer.named(metadata["namespace"], metadata["name"])
        digest = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()
        if present is None:
            made = {**wanted, "spec": {**(first or {}), **wanted["spec"]}}
            return self._note(digest, await self._call("POST", within(collection, metadata["namespace"]), made))
        if not is_controlled_by(present, owner):
            raise SpecProblem(INVALID_SPEC, f"a {wanted['kind']} {metadata['name']} is there already, and not of this InferenceService")
        if self._written.get(present["metadata"]["uid"]) == (digest, _generation(present)):
            return present
        return self._note(digest, await self._call("PUT", path_of(collection, wanted), _replaced(present, wanted)))

    async def remove(self, informer: Informer, collection: str, owner: Object, keep: set[str]) -> None:
        """Delete those that the owner controls, except the ones of these names."""
        for each in informer.within(owner["metadata"]["namespace"]):
            if is_controlled_by(each, owner) and each["metadata"]["name"] not in keep and "deletionTimestamp" not in each["metadata"]:
                body: Object = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
                body["preconditions"] = {"uid": each["metadata"]["uid"]}
                try:
                    await self._client.call("DELETE", path_of(collection, each), body)
                except ApiError as error:
                    if error.code not in (404, 409):
                        raise
                self._written.pop(each["metadata"]["uid"], None)

    async def _call(self, method: str, path: str, body: Object) -> Object:
        try:
            return await self._client.call(method, path, body)
        except ApiError as error:
            if error.code in (400, 403, 422):
                raise SpecProblem(INVALID_SPEC, error.message) from error
            raise

    def _note(self, digest: str, answer: Object) -> Object:
        self._written[answer["metadata"]["uid"]] = digest, _generation(answer)
        return answer


def _generation(item: Object) -> int:
    return int(item["metadata"].get("generation") or 0)


def _replaced(present: Object, wanted: Object) -> Object:
    """The present object with what is wanted of it; others' notes on it stay, and so does what others decide."""
    spec = {**{key: present["spec"][key] for key in KEPT[wanted["kind"]] if key in present["spec"]}, **wanted["spec"]}
    metadata, own = present["metadata"], wanted["metadata"]
    annotations = {**(metadata.get("annotations") or {}), **(own.get("annotations") or {})}
    metadata = {**metadata, **own, "annotations": annotations}
    return {**wanted, "metadata": metadata, "spec": spec}
