"""One pass over one Deployment: scales its ReplicaSets by its strategy and writes what it thereby knows."""

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.events import Events
from sandbox.controllers.deployments.revisions import (
    REVISION,
    annotated,
    comparable,
    find_new,
    new_set,
    next_revision,
    recorded,
    revision_of,
    size_notes,
)
from sandbox.controllers.deployments.rollout import (
    DESIRED,
    created,
    is_rolling,
    proportions,
    replicas_of,
    size_of_newest,
    sizes_of_old,
)
from sandbox.controllers.deployments.status import (
    TIMED_OUT,
    condition,
    copy_failure,
    counted,
    deadline,
    is_complete,
    progressed,
    seconds_to_deadline,
    set_condition,
)
from sandbox.controllers.ownership import controller_of, is_controlled_by
from sandbox.controllers.paths import DEPLOYMENTS, REPLICA_SETS, path_of, within
from sandbox.controllers.pod_control import NAMESPACE_ENDS
from sandbox.controllers.pod_state import is_finished

SOURCE = "deployment-controller"
UNLIMITED = 2**31 - 1


class Pass:
    """Holds the Deployment and its ReplicaSets as the server last answered them."""

    def __init__(self, client: Client, events: Events, deployment: Object, sets: list[Object], pods: list[Object]) -> None:
        """`pods` are those of the namespace."""
        self._client, self._events = client, events
        self._deployment, self._sets, self._pods = deployment, sets, pods

    async def run(self) -> float | None:
        """Do what is due; returns the seconds after which another pass is due in any case."""
        if "deletionTimestamp" in self._deployment["metadata"]:
            await self._write(counted(self._deployment, self._sets, self._newest))
            return None
        await self._note_pause()
        if self._deployment["spec"].get("paused") or self._is_being_scaled():
            await self._hold()
            return None
        await (self._roll() if is_rolling(self._deployment) else self._recreate())
        return await self._finish()

    @property
    def _newest(self) -> Object | None:
        return find_new(self._deployment, self._sets)

    @property
    def _old(self) -> list[Object]:
        newest = self._newest
        return [each for each in self._sets if newest is None or each["metadata"]["uid"] != newest["metadata"]["uid"]]

    @property
    def _active(self) -> list[Object]:
        return [each for each in self._sets if replicas_of(each)]

    def _is_being_scaled(self) -> bool:
        wanted = str(replicas_of(self._deployment))
        notes = [(each["metadata"].get("annotations") or {}).get(DESIRED) for each in self._active]
        return any(note is not None and note != wanted for note in notes)

    async def _hold(self) -> None:
        """Paused, or of another size since the last pass: sizes follow, the template does not."""
        await self._take_up_newest()
        await self._resize()
        if self._deployment["spec"].get("paused"):
            await self._clean_up()
        await self._write(counted(self._deployment, self._sets, self._newest))

    async def _resize(self) -> None:
        active, newest, wanted = self._active, self._newest, replicas_of(self._deployment)
        if len(active) <= 1:
            latest = active or ([newest] if newest else sorted(self._sets, key=created)[-1:])
            for each in latest:
                await self._scale(each, wanted)
        elif newest and replicas_of(newest) == wanted == (newest.get("status") or {}).get("availableReplicas", 0):
            for each in active:
                await self._scale(each, wanted if each is newest else 0)
        elif is_rolling(self._deployment):
            await self._scale_all(active, proportions(self._deployment, active))

    async def _roll(self) -> None:
        newest = await self._ensure_newest()
        if await self._scale_all([newest], {newest["metadata"]["name"]: self._size_of(newest)}):
            return
        old = [each for each in self._old if replicas_of(each)]
        if old and await self._scale_all(old, sizes_of_old(self._deployment, old, newest)):
            return
        await self._clean_up_if_complete()

    def _size_of(self, newest: Object) -> int:
        return min(size_of_newest(self._deployment, self._sets, newest), replicas_of(self._deployment))

    async def _recreate(self) -> None:
        await self._take_up_newest()
        old = [each for each in self._old if replicas_of(each)]
        if await self._scale_all(old, {each["metadata"]["name"]: 0 for each in old}) or self._is_old_running():
            return
        newest = await self._ensure_newest()
        await self._scale_all([newest], {newest["metadata"]["name"]: replicas_of(self._deployment)})
        await self._clean_up_if_complete()

    def _is_old_running(self) -> bool:
        if any((each.get("status") or {}).get("replicas") for each in self._old):
            return True
        old = {each["metadata"]["uid"] for each in self._old}
        return any((controller_of(pod) or {}).get("uid") in old and not is_finished(pod) for pod in self._pods)

    async def _ensure_newest(self) -> Object:
        return await self._take_up_newest() or await self._create_newest()

    async def _take_up_newest(self) -> Object | None:
        """Bring the annotations of the current template's ReplicaSet up to date; None while there is none."""
        newest = self._newest
        if newest is None:
            return None
        notes = recorded(self._deployment, newest, next_revision(self._old))
        least = self._deployment["spec"].get("minReadySeconds", 0)
        if annotated(newest, notes) != newest or newest["spec"].get("minReadySeconds", 0) != least:
            newest = await self._put({**annotated(newest, notes), "spec": {**newest["spec"], "minReadySeconds": least}})
        await self._note_revision(newest, "FoundNewReplicaSet", f'Found new replica set "{newest["metadata"]["name"]}"')
        return newest

    async def _create_newest(self) -> Object:
        item = new_set(self._deployment, next_revision(self._old))
        size = item["spec"]["replicas"] = size_of_newest(self._deployment, self._sets, item)
        name = item["metadata"]["name"]
        try:
            item = await self._client.call("POST", within(REPLICA_SETS, item["metadata"]["namespace"]), item)
        except ApiError as error:
            item = await self._explain(item, error)
        else:
            if size:
                self._tell(f"Scaled up replica set {name} from 0 to {size}")
        self._sets = [*self._sets, item]
        await self._note_revision(item, "NewReplicaSetCreated", f'Created new replica set "{name}"')
        return item

    async def _explain(self, item: Object, error: ApiError) -> Object:
        """The ReplicaSet that is there already, if it is ours; else the error is recorded and raised."""
        status = {**(self._deployment.get("status") or {})}
        if error.code == 409:
            found = await self._client.call("GET", path_of(REPLICA_SETS, item))
            if is_controlled_by(found, self._deployment) and comparable(found["spec"]["template"]) == comparable(item["spec"]["template"]):
                return found
            status["collisionCount"] = status.get("collisionCount", 0) + 1
        elif deadline(self._deployment) is not None and NAMESPACE_ENDS not in error.message:
            message = f'Failed to create new replica set "{item["metadata"]["name"]}": {error.message}'
            set_condition(status, "Progressing", "False", "ReplicaSetCreateError", message)
        await self._write(status)
        raise error

    async def _note_revision(self, newest: Object, reason: str, message: str) -> None:
        status, notes = {**(self._deployment.get("status") or {})}, self._deployment["metadata"].get("annotations") or {}
        revision = str(revision_of(newest))
        if deadline(self._deployment) is not None and (reason != "FoundNewReplicaSet" or not condition(status, "Progressing")):
            set_condition(status, "Progressing", "True", reason, message)
        if notes.get(REVISION) != revision:
            self._deployment = annotated(self._deployment, {REVISION: revision})
            await self._write(status, always=True)
        else:
            await self._write(status)

    async def _note_pause(self) -> None:
        status = {**(self._deployment.get("status") or {})}
        reason = (condition(status, "Progressing") or {}).get("reason")
        if deadline(self._deployment) is None or reason == TIMED_OUT:
            return
        if self._deployment["spec"].get("paused") and reason != "DeploymentPaused":
            set_condition(status, "Progressing", "Unknown", "DeploymentPaused", "Deployment is paused")
        elif not self._deployment["spec"].get("paused") and reason == "DeploymentPaused":
            set_condition(status, "Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed")
        await self._write(status)

    async def _clean_up_if_complete(self) -> None:
        if is_complete(self._deployment, self._deployment.get("status") or {}):
            await self._clean_up()

    async def _clean_up(self) -> None:
        """Delete the oldest revisions beyond revisionHistoryLimit, of those that have no pods any more."""
        limit = self._deployment["spec"].get("revisionHistoryLimit", 10)
        old = sorted((each for each in self._old if "deletionTimestamp" not in each["metadata"]), key=revision_of)
        for item in old[: max(len(old) - limit, 0)] if limit != UNLIMITED else []:
            status = item.get("status") or {}
            is_seen = item["metadata"].get("generation", 1) <= status.get("observedGeneration", 0)
            if is_seen and not status.get("replicas") and not replicas_of(item):
                body = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": item["metadata"]["uid"]}}
                await self._client.call("DELETE", path_of(REPLICA_SETS, item), body)

    async def _finish(self) -> float | None:
        newest = self._newest
        status = counted(self._deployment, self._sets, newest)
        progressed(self._deployment, status, newest)
        copy_failure(status, self._sets, newest)
        await self._write(status)
        return seconds_to_deadline(self._deployment, status)

    async def _scale_all(self, sets: list[Object], sizes: dict[str, int]) -> bool:
        """Scale to these sizes, by name; whether any of them was another one."""
        changed = [each for each in sets if sizes[each["metadata"]["name"]] != replicas_of(each)]
        for each in sets:
            await self._scale(each, sizes[each["metadata"]["name"]])
        return bool(changed)

    async def _scale(self, item: Object, size: int) -> None:
        before, noted = replicas_of(item), annotated(item, size_notes(self._deployment))
        if before == size and noted == item:
            return
        await self._put({**noted, "spec": {**item["spec"], "replicas": size}})
        if before != size:
            self._tell(f"Scaled {'up' if before < size else 'down'} replica set {item['metadata']['name']} from {before} to {size}")

    async def _put(self, item: Object) -> Object:
        answer = await self._client.call("PUT", path_of(REPLICA_SETS, item), item)
        self._sets = [answer if each["metadata"]["uid"] == answer["metadata"]["uid"] else each for each in self._sets]
        return answer

    async def _write(self, status: Object, *, always: bool = False) -> None:
        if always or _shown(status) != _shown(self._deployment.get("status") or {}):
            item = {**self._deployment, "status": status}
            self._deployment = await self._client.call("PUT", f"{path_of(DEPLOYMENTS, item)}/status", item)

    def _tell(self, message: str) -> None:
        self._events.tell(self._deployment, "Normal", "ScalingReplicaSet", message, source=SOURCE)


def _shown(status: Object) -> Object:
    return {key: value for key, value in status.items() if value}
