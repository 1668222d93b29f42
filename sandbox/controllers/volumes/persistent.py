"""The phase of every PersistentVolume, and what becomes of it when its claim is gone."""

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.controllers.queue import Key, WorkQueue
from sandbox.controllers.volumes.claims import CLAIMS, SOURCE, VOLUMES
from sandbox.controllers.volumes.matching import IN_USE_VOLUME, PROVISIONED_BY, PROVISIONER, is_meant_for

GONE = (404, 409, 422)


async def run_volumes(client: Client, informers: Informers, events: Events) -> None:
    """Run until cancelled."""
    await Volumes(client, informers, events).run()


class Volumes:
    """Available, Bound, Released; then deleted or kept by its reclaim policy."""

    def __init__(self, client: Client, informers: Informers, events: Events) -> None:
        self._client, self._events = client, events
        self._claims, self._volumes = informers.of(CLAIMS), informers.of(VOLUMES)
        self._queue = WorkQueue("persistentvolumes", self._reconcile)

    async def run(self) -> None:
        """Run until cancelled."""
        await self._claims.synced.wait()
        await self._volumes.synced.wait()
        self._volumes.listen(lambda event, volume: self._queue.add(("", volume["metadata"]["name"])))
        self._claims.listen(self._observe_claim)
        await self._queue.run()

    def _observe_claim(self, event: str, claim: Object) -> None:
        for volume in self._volumes.objects.values():
            if is_meant_for(volume, claim):
                self._queue.add(("", volume["metadata"]["name"]))

    async def _reconcile(self, key: Key) -> None:
        volume = self._volumes.named(*key)
        if volume is None:
            return
        phase = self._phase(volume)
        finalizers, is_going = volume["metadata"].get("finalizers") or [], "deletionTimestamp" in volume["metadata"]
        if phase != (volume.get("status") or {}).get("phase"):
            volume = await self._client.call("PUT", f"{VOLUMES}/{key[1]}/status", {**volume, "status": {"phase": phase}})
        if is_going and IN_USE_VOLUME in finalizers and phase != "Bound":
            await self._write_finalizers(volume, [each for each in finalizers if each != IN_USE_VOLUME])
        elif not is_going and IN_USE_VOLUME not in finalizers:
            await self._write_finalizers(volume, [*finalizers, IN_USE_VOLUME])
        elif phase == "Released" and not is_going and volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
            await self._reclaim(volume)

    def _phase(self, volume: Object) -> str:
        reference = volume["spec"].get("claimRef")
        if not reference or not reference.get("uid"):
            return "Available"
        claim = self._claims.named(reference["namespace"], reference["name"])
        if claim is None or claim["metadata"]["uid"] != reference["uid"]:
            failed = (volume.get("status") or {}).get("phase") == "Failed"
            return "Failed" if failed else "Released"
        return "Bound"

    async def _reclaim(self, volume: Object) -> None:
        name, notes = volume["metadata"]["name"], volume["metadata"].get("annotations") or {}
        if notes.get(PROVISIONED_BY) == PROVISIONER:
            options = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": volume["metadata"]["uid"]}}
            try:
                await self._client.call("DELETE", f"{VOLUMES}/{name}", options)
            except ApiError as error:
                if error.code not in GONE:
                    raise
        elif PROVISIONED_BY not in notes:
            why = f'error getting deleter volume plugin for volume "{name}": no deletable volume plugin matched'
            await self._client.call("PUT", f"{VOLUMES}/{name}/status", {**volume, "status": {"phase": "Failed", "message": why}})
            self._events.tell(volume, "Warning", "VolumeFailedDelete", why, source=SOURCE)

    async def _write_finalizers(self, volume: Object, finalizers: list[str]) -> None:
        metadata = {**volume["metadata"], "finalizers": finalizers}
        await self._client.call("PUT", f"{VOLUMES}/{volume['metadata']['name']}", {**volume, "metadata": metadata})
