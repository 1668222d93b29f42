"""Binds claims: to a volume that suits, or to one made for them where their class is of the simulator's provisioner."""

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.controllers.paths import within
from sandbox.controllers.queue import Key, WorkQueue
from sandbox.controllers.volumes.matching import BOUND, BOUND_BY_US, PROVISIONER, best_volume, is_meant_for, new_volume, reference_to, uses

CLAIMS, VOLUMES, CLASSES = "/api/v1/persistentvolumeclaims", "/api/v1/persistentvolumes", "/apis/storage.k8s.io/v1/storageclasses"
SELECTED_NODE, STORAGE_PROVISIONER = "volume.kubernetes.io/selected-node", "volume.kubernetes.io/storage-provisioner"
SOURCE = "persistentvolume-controller"
NO_CLASS = "no persistent volumes available for this claim and no storage class is set"
NO_CONSUMER = "waiting for first consumer to be created before binding"
LOST = "Bound claim has lost its PersistentVolume. Data on the volume is lost!"


async def run_claims(client: Client, informers: Informers, events: Events) -> None:
    """Run until cancelled."""
    await Claims(client, informers, events).run()


class Claims:
    """One worker, so that no two claims are given the same volume."""

    def __init__(self, client: Client, informers: Informers, events: Events) -> None:
        self._client, self._events = client, events
        self._claims, self._volumes, self._classes, self._pods = (informers.of(path) for path in (CLAIMS, VOLUMES, CLASSES, "/api/v1/pods"))
        self._queue = WorkQueue("persistentvolumeclaims", self._reconcile, workers=1)

    async def run(self) -> None:
        """Run until cancelled."""
        for informer in (self._claims, self._volumes, self._classes, self._pods):
            await informer.synced.wait()
        self._claims.listen(lambda event, claim: self._add(claim))
        for informer in (self._volumes, self._classes):
            informer.listen(lambda event, item: self._add_unbound())
        self._pods.listen(self._observe_pod)
        await self._queue.run()

    def _add(self, claim: Object) -> None:
        self._queue.add((claim["metadata"]["namespace"], claim["metadata"]["name"]))

    def _add_unbound(self) -> None:
        for claim in self._claims.objects.values():
            volume = self._volumes.named("", claim["spec"].get("volumeName", ""))
            if volume is None or _phase(claim) != "Bound":
                self._add(claim)

    def _observe_pod(self, event: str, pod: Object) -> None:
        for each in pod["spec"].get("volumes") or []:
            claim = self._claims.named(pod["metadata"]["namespace"], (each.get("persistentVolumeClaim") or {}).get("claimName", ""))
            if claim is not None and _phase(claim) != "Bound":
                self._add(claim)

    async def _reconcile(self, key: Key) -> None:
        claim = self._claims.named(*key)
        if claim is None or "deletionTimestamp" in claim["metadata"]:
            return
        if BOUND in (claim["metadata"].get("annotations") or {}):
            await self._keep(claim)
            return
        volume = best_volume(claim, list(self._volumes.objects.values()))
        if volume is not None and (volume["spec"].get("claimRef") or claim["spec"].get("volumeName") or self._may_bind(claim)):
            await self._bind(claim, volume)
        elif volume is None and not claim["spec"].get("volumeName"):
            await self._provision(claim)

    async def _keep(self, claim: Object) -> None:
        volume = self._volumes.named("", claim["spec"].get("volumeName", ""))
        if volume is not None and is_meant_for(volume, claim):
            await self._write_status(claim, volume)
        elif _phase(claim) != "Lost":
            await self._client.call("PUT", f"{_path(claim)}/status", {**claim, "status": {"phase": "Lost"}})
            self._tell(claim, "Warning", "ClaimLost", LOST)

    async def _bind(self, claim: Object, volume: Object) -> None:
        """In the order of the real controller: the volume first, whose version lets only one claim have it."""
        if (volume["spec"].get("claimRef") or {}).get("uid") != claim["metadata"]["uid"]:
            ours = {} if volume["spec"].get("claimRef") else {BOUND_BY_US: "yes"}
            spec = {**volume["spec"], "claimRef": reference_to(claim)}
            await self._client.call("PUT", f"{VOLUMES}/{volume['metadata']['name']}", {**_annotated(volume, ours), "spec": spec})
        ours = {} if claim["spec"].get("volumeName") else {BOUND_BY_US: "yes"}
        spec = {**claim["spec"], "volumeName": volume["metadata"]["name"]}
        bound = await self._client.call("PUT", _path(claim), {**_annotated(claim, {BOUND: "yes", **ours}), "spec": spec})
        await self._write_status(bound, volume)

    async def _write_status(self, claim: Object, volume: Object) -> None:
        status = {"phase": "Bound", "accessModes": volume["spec"]["accessModes"], "capacity": volume["spec"]["capacity"]}
        if any((claim.get("status") or {}).get(key) != value for key, value in status.items()):
            await self._client.call("PUT", f"{_path(claim)}/status", {**claim, "status": {**(claim.get("status") or {}), **status}})

    def _may_bind(self, claim: Object) -> bool:
        """Whether its class binds at once, or a consumer has got its node; tells what it waits for."""
        storage_class = self._classes.named("", claim["spec"].get("storageClassName") or "") or {}
        if storage_class.get("volumeBindingMode") != "WaitForFirstConsumer" or self._node(claim):
            return True
        waiting = [pod for pod in self._consumers(claim) if not pod["spec"].get("nodeName")]
        if waiting:
            message = f"waiting for pod {waiting[0]['metadata']['name']} to be scheduled"
            self._tell(claim, "Normal", "WaitForPodScheduled", message)
        else:
            self._tell(claim, "Normal", "WaitForFirstConsumer", NO_CONSUMER)
        return False

    def _consumers(self, claim: Object) -> list[Object]:
        return [pod for pod in self._pods.within(claim["metadata"]["namespace"]) if uses(pod, claim["metadata"]["name"])]

    def _node(self, claim: Object) -> str:
        """The node that the scheduler chose for the claim, or of a pod that uses it."""
        chosen = (claim["metadata"].get("annotations") or {}).get(SELECTED_NODE)
        return chosen or next((pod["spec"]["nodeName"] for pod in self._consumers(claim) if pod["spec"].get("nodeName")), "")

    async def _provision(self, claim: Object) -> None:
        name = claim["spec"].get("storageClassName") or ""
        storage_class = self._classes.named("", name)
        if not name:
            self._tell(claim, "Normal", "FailedBinding", NO_CLASS)
        elif storage_class is None:
            self._tell(claim, "Warning", "ProvisioningFailed", f'storageclass.storage.k8s.io "{name}" not found')
        elif self._may_bind(claim):
            await self._order(claim, storage_class)

    async def _order(self, claim: Object, storage_class: Object) -> None:
        provisioner = storage_class["provisioner"]
        notes = claim["metadata"].get("annotations") or {}
        if notes.get(STORAGE_PROVISIONER) != provisioner:
            chosen = {SELECTED_NODE: self._node(claim)} if storage_class.get("volumeBindingMode") == "WaitForFirstConsumer" else {}
            claim = await self._client.call("PUT", _path(claim), _annotated(claim, {STORAGE_PROVISIONER: provisioner, **chosen}))
            self._tell(claim, "Normal", "ExternalProvisioning", _waiting(provisioner))
        if provisioner == PROVISIONER:
            await self._make(claim, storage_class)

    async def _make(self, claim: Object, storage_class: Object) -> None:
        where, wanted = "/".join((claim["metadata"]["namespace"], claim["metadata"]["name"])), new_volume(claim, storage_class)
        self._tell(claim, "Normal", "Provisioning", f'External provisioner is provisioning volume for claim "{where}"', PROVISIONER)
        try:
            await self._client.call("POST", VOLUMES, wanted)
        except ApiError as error:
            if error.code != 409:
                raise
        self._tell(claim, "Normal", "ProvisioningSucceeded", f"Successfully provisioned volume {wanted['metadata']['name']}", PROVISIONER)

    def _tell(self, claim: Object, kind: str, reason: str, message: str, source: str = SOURCE) -> None:
        self._events.tell(claim, kind, reason, message, source=source)


def _waiting(provisioner: str) -> str:
    return (
        f"Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the system administrator. "
        "If volume creation is delayed, please verify that the provisioner is running and correctly registered."
    )


def _phase(claim: Object) -> str:
    return str((claim.get("status") or {}).get("phase", "Pending"))


def _path(claim: Object) -> str:
    return within(CLAIMS, claim["metadata"]["namespace"], claim["metadata"]["name"])


def _annotated(item: Object, notes: dict[str, str]) -> Object:
    metadata = item["metadata"]
    return {**item, "metadata": {**metadata, "annotations": {**(metadata.get("annotations") or {}), **notes}}}
