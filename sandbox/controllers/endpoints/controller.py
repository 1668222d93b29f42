"""Keeps EndpointSlices and Endpoints of every Service that has a selector."""

import logging
from urllib.parse import quote

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.clock import now
from sandbox.client.discovery import serves
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.controllers.endpoints import legacy, slices
from sandbox.controllers.endpoints.backends import Backend, backends, is_selected
from sandbox.controllers.queue import Key, WorkQueue

log = logging.getLogger(__name__)
GROUP = "discovery.k8s.io"
TRIGGER = "endpoints.kubernetes.io/last-change-trigger-time"
ZONE = "topology.kubernetes.io/zone"


async def run_endpoints(client: Client, informers: Informers, events: Events) -> None:
    """Run until cancelled."""
    served = [each for each in ("v1", "v1beta1") if await serves(client, GROUP, each, "endpointslices")]
    version = served[0] if served else ""
    if not version:
        log.warning("this API server serves no EndpointSlices: Services get Endpoints only")
    await EndpointsController(client, informers, version).run()


class EndpointsController:
    """Looks at a Service again when it, a pod that it selects (or did), or its endpoints change."""

    def __init__(self, client: Client, informers: Informers, version: str) -> None:
        self._client, self._version = client, version
        self._services, self._pods = informers.of("/api/v1/services"), informers.of("/api/v1/pods")
        self._nodes, self._endpoints = informers.of("/api/v1/nodes"), informers.of("/api/v1/endpoints")
        self._slices = informers.of(f"/apis/{GROUP}/{version}/endpointslices") if version else None
        self._labels: dict[str, dict[str, str]] = {}
        self._queue = WorkQueue("endpoints", self._reconcile)

    async def run(self) -> None:
        """Run until cancelled."""
        for informer in (self._services, self._pods, self._nodes, self._endpoints):
            await informer.synced.wait()
        self._services.listen(lambda event, service: self._add(service, service["metadata"]["name"]))
        self._pods.listen(self._observe_pod)
        self._endpoints.listen(self._observe_endpoints)
        if self._slices:
            self._slices.listen(self._observe_slice)
        await self._queue.run()

    def _add(self, item: Object, name: str) -> None:
        self._queue.add((item["metadata"]["namespace"], name))

    def _observe_pod(self, event: str, pod: Object) -> None:
        uid, labels = pod["metadata"]["uid"], pod["metadata"].get("labels") or {}
        before = self._labels.pop(uid, labels)
        if event != "DELETED":
            self._labels[uid] = labels
        for service in self._services.within(pod["metadata"]["namespace"]):
            if is_selected(service, labels) or is_selected(service, before):
                self._add(service, service["metadata"]["name"])

    def _observe_endpoints(self, event: str, item: Object) -> None:
        # Those that others write, such as leaders do of old, are not ours to remove.
        if (item["metadata"].get("labels") or {}).get(legacy.MANAGED_BY) == legacy.MANAGER:
            self._add(item, item["metadata"]["name"])

    def _observe_slice(self, event: str, item: Object) -> None:
        labels = item["metadata"].get("labels") or {}
        if labels.get(slices.MANAGED_BY) == slices.MANAGER and labels.get(slices.SERVICE_NAME):
            self._add(item, labels[slices.SERVICE_NAME])

    async def _reconcile(self, key: Key) -> None:
        service = self._services.named(*key)
        if service is None:
            await self._forget(key)
        elif service["spec"].get("selector") and service["spec"].get("type") != "ExternalName":
            found = backends(service, self._pods.within(key[0]))
            await self._write_endpoints(key, service, found)
            if self._version:
                await self._write_slices(key, service, found)

    async def _write_endpoints(self, key: Key, service: Object, found: list[Backend]) -> None:
        wanted, present = legacy.endpoints(service, found), self._endpoints.named(*key)
        path = f"/api/v1/namespaces/{key[0]}/endpoints"
        if present is None:
            await self._create(path, _triggered(wanted))
        elif not legacy.is_same(wanted, present):
            metadata = {**present["metadata"], **wanted["metadata"]}
            await self._client.call("PUT", f"{path}/{key[1]}", _triggered({**wanted, "metadata": metadata}))

    async def _write_slices(self, key: Key, service: Object, found: list[Backend]) -> None:
        path, api_version = self._slice_path(key[0]), f"{GROUP}/{self._version}"
        for change in slices.changes(service, found, await self._present(key), api_version, self._zone):
            if change.wanted is None and change.present is not None:
                await self._delete(f"{path}/{change.present['metadata']['name']}")
            elif change.wanted is not None and change.present is None:
                await self._create(path, _triggered(change.wanted))
            elif change.wanted is not None:
                await self._client.call("PUT", f"{path}/{change.wanted['metadata']['name']}", _triggered(change.wanted))

    async def _present(self, key: Key) -> list[Object]:
        """Its slices as they are now: their names are random, so a copy that lags would have one made twice."""
        selector = quote(f"{slices.SERVICE_NAME}={key[1]},{slices.MANAGED_BY}={slices.MANAGER}")
        answer = await self._client.call("GET", f"{self._slice_path(key[0])}?labelSelector={selector}")
        return [each for each in answer.get("items") or [] if "deletionTimestamp" not in each["metadata"]]

    async def _forget(self, key: Key) -> None:
        present = self._endpoints.named(*key)
        if present is not None and (present["metadata"].get("labels") or {}).get(legacy.MANAGED_BY) == legacy.MANAGER:
            await self._delete(f"/api/v1/namespaces/{key[0]}/endpoints/{key[1]}")
        for each in await self._present(key) if self._version else []:
            await self._delete(f"{self._slice_path(key[0])}/{each['metadata']['name']}")

    async def _create(self, path: str, wanted: Object) -> None:
        try:
            await self._client.call("POST", path, wanted)
        except ApiError as error:
            # The namespace goes away, or is gone.
            if error.code not in (403, 404):
                raise

    async def _delete(self, path: str) -> None:
        try:
            await self._client.call("DELETE", path)
        except ApiError as error:
            if error.code != 404:
                raise

    def _slice_path(self, namespace: str) -> str:
        return f"/apis/{GROUP}/{self._version}/namespaces/{namespace}/endpointslices"

    def _zone(self, name: str) -> str:
        node = self._nodes.named("", name) or {"metadata": {}}
        return str((node["metadata"].get("labels") or {}).get(ZONE, ""))


def _triggered(wanted: Object) -> Object:
    metadata = wanted["metadata"]
    notes = {**(metadata.get("annotations") or {}), TRIGGER: now()}
    return {**wanted, "metadata": {**metadata, "annotations": notes}}
