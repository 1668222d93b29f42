"""Keeps the status of PodDisruptionBudgets true, by which the API server lets evictions through."""

import logging

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.discovery import serves
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.controllers.autoscaling.scales import Scales
from sandbox.controllers.disruption.budget import CONFIRM_SECONDS, asks_for_scale, failed, pending_evictions, status_of
from sandbox.controllers.ownership import controller_of
from sandbox.controllers.paths import PODS, REPLICA_SETS, within
from sandbox.controllers.queue import Key, WorkQueue
from sandbox.selectors.labels import selects

log = logging.getLogger(__name__)
GROUP, SOURCE = "policy", "controllermanager"


class Unscaled(Exception):
    """A pod's controller does not say how many pods it should have."""


async def run_disruption(client: Client, informers: Informers, events: Events) -> None:
    """Run until cancelled."""
    served = [each for each in ("v1", "v1beta1") if await serves(client, GROUP, each, "poddisruptionbudgets")]
    if not served:
        log.warning("this API server serves no PodDisruptionBudgets")
        return
    await DisruptionController(client, informers, events, served[0]).run()


class DisruptionController:
    """Looks at a budget again when it or a pod of its namespace changes, or the scale of what controls these."""

    def __init__(self, client: Client, informers: Informers, events: Events, version: str) -> None:
        self._client, self._events, self._is_old = client, events, version == "v1beta1"
        self._collection = f"/apis/{GROUP}/{version}/poddisruptionbudgets"
        self._budgets, self._pods = informers.of(self._collection), informers.of(PODS)
        self._sets = informers.of(REPLICA_SETS)
        self._scales = Scales(client)
        self._queue = WorkQueue("poddisruptionbudgets", self._reconcile)

    async def run(self) -> None:
        """Run until cancelled."""
        for informer in (self._budgets, self._pods, self._sets):
            await informer.synced.wait()
        self._budgets.listen(lambda event, budget: self._queue.add((budget["metadata"]["namespace"], budget["metadata"]["name"])))
        for informer in (self._pods, self._sets):
            informer.listen(self._observe)
        await self._queue.run()

    def _observe(self, event: str, item: Object) -> None:
        for budget in self._budgets.within(item["metadata"]["namespace"]):
            self._queue.add((budget["metadata"]["namespace"], budget["metadata"]["name"]))

    async def _reconcile(self, key: Key) -> None:
        budget = self._budgets.named(*key)
        if budget is None or "deletionTimestamp" in budget["metadata"]:
            return
        pods = [pod for pod in self._pods.within(key[0]) if self._is_meant(budget, pod)]
        pending = pending_evictions(budget, pods)
        try:
            status = status_of(budget, pods, await self._expected(budget, pods), pending)
        except Unscaled as error:
            text = f"Failed to calculate the number of expected pods: {error}"
            self._events.tell(budget, "Warning", "CalculateExpectedPodCountFailed", text, source=SOURCE)
            status = failed(budget, str(error))
        if self._is_old:
            del status["conditions"]
        if pending:
            self._queue.add(key, after=CONFIRM_SECONDS)
        if status != (budget.get("status") or {}):
            await self._client.call("PUT", within(self._collection, *key) + "/status", {**budget, "status": status})

    def _is_meant(self, budget: Object, pod: Object) -> bool:
        selector = budget["spec"].get("selector")
        # An empty selector meant nothing before policy/v1.
        return bool(selector or not self._is_old) and selects(selector, pod["metadata"].get("labels") or {})

    async def _expected(self, budget: Object, pods: list[Object]) -> int:
        if not asks_for_scale(budget["spec"]):
            return len(pods)
        scales: dict[str, int] = {}
        # Who is controlled by nobody counts for nothing.
        references = {reference["uid"]: reference for pod in pods if (reference := controller_of(pod)) is not None}
        for reference in references.values():
            uid, replicas = await self._scale(budget["metadata"]["namespace"], reference)
            scales[uid] = replicas
        return sum(scales.values())

    async def _scale(self, namespace: str, reference: Object) -> tuple[str, int]:
        """Which controller says it, a ReplicaSet's Deployment before itself, and how many replicas it wants."""
        replica_set = self._sets.named(namespace, reference["name"]) if reference["kind"] == "ReplicaSet" else None
        if replica_set is not None and (above := controller_of(replica_set)) is not None:
            reference = above
        try:
            scale = await self._client.call("GET", await self._scales.path(namespace, reference))
        except ApiError as error:
            if error.code != 404:
                raise
            if error.message.startswith("no matches for kind"):
                raise Unscaled(f"{reference['kind']} does not implement the scale subresource") from error
            return reference["uid"], 0
        return reference["uid"], int((scale.get("spec") or {}).get("replicas", 0))
