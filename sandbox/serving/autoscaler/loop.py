"""Sets the replicas of every revision's Deployment, each few seconds, and at once when a request waits for a pod."""

import asyncio
import logging
from typing import NamedTuple

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.informer import UNREACHABLE
from sandbox.controllers.paths import DEPLOYMENTS, path_of
from sandbox.controllers.settings import knative_tick, knative_window
from sandbox.serving.autoscaler.decision import Decider
from sandbox.serving.autoscaler.rules import Rules, rules_of
from sandbox.serving.autoscaler.windows import Load
from sandbox.serving.copies import Copies
from sandbox.serving.knative.records import RESERVE, has_begun, routing_of
from sandbox.serving.knative.revisions import SUFFIX
from sandbox.serving.model_status import is_ready
from sandbox.serving.names import key_of

log = logging.getLogger(__name__)
MERGE = "application/merge-patch+json"
Key = tuple[str, str]


class Target(NamedTuple):
    """A revision, its Deployment, and how many of its pods are ready."""

    record: Object
    deployment: Object
    ready: int

    @property
    def replicas(self) -> int:
        """As its Deployment is sized."""
        return int(self.deployment["spec"].get("replicas", 1))

    @property
    def is_reachable(self) -> bool:
        """Whether traffic leads to it, or will once it is ready."""
        return routing_of(self.record) != RESERVE


class Autoscaler:
    """One decider for each revision; `hear` takes what the ingress reports."""

    def __init__(self, client: Client, copies: Copies) -> None:
        self._client, self._copies = client, copies
        self._deciders: dict[str, Decider] = {}
        self._asked: set[Key] = set()
        self._woken = asyncio.Event()

    def hear(self, told: Object) -> None:
        """One report: revisions that are not in it were asked nothing."""
        at, seconds = asyncio.get_running_loop().time(), float(told["seconds"])
        loads = {(each["namespace"], each["revision"]): each for each in told["loads"]}
        for record in self._copies.revisions.objects.values():
            load = loads.get(key_of(record))
            heard = Load(seconds, float(load["area"]), float(load["requests"])) if load else Load(seconds)
            self._decider(record, at).record(at, heard)
        self._asked = {key for key, load in loads.items() if load["now"]}
        if any(target.replicas == 0 for target in map(self._target, self._asked) if target):
            self._woken.set()

    async def run(self) -> None:
        """Run until cancelled."""
        await self._copies.synced()
        self._copies.revisions.listen(self._observe)
        while True:
            for record in list(self._copies.revisions.objects.values()):
                if target := self._target(key_of(record)):
                    await self._scale(target)
            try:
                await asyncio.wait_for(self._woken.wait(), knative_tick())
            except TimeoutError:
                continue
            self._woken.clear()

    def _observe(self, event: str, record: Object) -> None:
        if event == "DELETED":
            self._deciders.pop(record["metadata"]["uid"], None)

    def _decider(self, record: Object, at: float) -> Decider:
        uid = record["metadata"]["uid"]
        if uid not in self._deciders:
            self._deciders[uid] = Decider(rules_of_record(record), at)
        return self._deciders[uid]

    def _target(self, key: Key) -> Target | None:
        namespace, name = key
        record, deployment = self._copies.revisions.named(*key), self._copies.deployments.named(namespace, name + SUFFIX)
        if record is None or deployment is None or "deletionTimestamp" in deployment["metadata"]:
            return None
        pods = [pod for pod in self._copies.pods_of(namespace, name) if "deletionTimestamp" not in pod["metadata"]]
        return Target(record, deployment, sum(map(is_ready, pods)))

    async def _scale(self, target: Target) -> None:
        wanted = self._wanted(target)
        if wanted == target.replicas:
            return
        metadata = target.deployment["metadata"]
        log.info("%s/%s: %s -> %s", metadata["namespace"], metadata["name"], target.replicas, wanted)
        patch = {"metadata": {"uid": metadata["uid"]}, "spec": {"replicas": wanted}}
        try:
            await self._client.call("PATCH", path_of(DEPLOYMENTS, target.deployment), patch, content_type=MERGE)
        except (ApiError, *UNREACHABLE) as error:
            log.info("%s/%s is not scaled: %s; trying again", metadata["namespace"], metadata["name"], error)

    def _wanted(self, target: Target) -> int:
        at = asyncio.get_running_loop().time()
        decider = self._decider(target.record, at)
        if not has_begun(target.record):
            # It has its first size until it was ready once; one that was superseded before that, or takes too long, is given up.
            given_up = decider.gives_up(at, target.replicas, target.ready) or not target.is_reachable
            return 0 if given_up or not target.replicas else max(target.replicas, decider.rules.first)
        wanted = decider.desired(at, target.replicas, target.ready, reachable=target.is_reachable)
        return decider.woken() if wanted == 0 and target.is_reachable and key_of(target.record) in self._asked else wanted


def rules_of_record(record: Object) -> Rules:
    """What its annotations and its spec say."""
    limit = int(record["spec"].get("containerConcurrency") or 0)
    return rules_of(record["metadata"].get("annotations") or {}, limit, knative_window())
