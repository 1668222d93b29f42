"""The controller of InferenceServices: makes their objects and writes their status."""

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.events import Events
from sandbox.controllers.paths import path_of
from sandbox.controllers.queue import Key, WorkQueue
from sandbox.serving.config import KNATIVE, Config, read_config
from sandbox.serving.copies import Copies
from sandbox.serving.knative.serve import Knative
from sandbox.serving.names import OF_SERVICE, SERVICES, is_stopped, key_of
from sandbox.serving.problems import SpecProblem
from sandbox.serving.standard import Standard
from sandbox.serving.status import refused, stopped
from sandbox.serving.validation import check
from sandbox.serving.workloads import Workloads

SOURCE = "v1beta1Controllers"
AGAIN_SECONDS = 10.0


class Controller:
    """Looks at an InferenceService again when it, or anything that is made of it, changes."""

    def __init__(self, client: Client, copies: Copies, events: Events) -> None:
        self._client, self._copies, self._events = client, copies, events
        workloads = Workloads(client)
        self._standard = Standard(copies, workloads, self._tell)
        self._knative = Knative(client, copies, workloads, self._tell)
        self._told: dict[str, str] = {}
        self._queue = WorkQueue("inferenceservices", self._reconcile)

    async def run(self) -> None:
        """Run until cancelled."""
        copies = self._copies
        await copies.synced()
        copies.services.listen(lambda event, item: self._queue.add(key_of(item)))
        for informer in (copies.deployments, copies.pods, copies.core_services, copies.autoscalers, copies.revisions):
            if informer is not None:
                informer.listen(self._observe)
        for informer in (copies.runtimes, copies.cluster_runtimes, copies.storage, copies.config_maps):
            informer.listen(lambda event, item: self._add_all())
        await self._queue.run()

    def _observe(self, event: str, item: Object) -> None:
        if service := (item["metadata"].get("labels") or {}).get(OF_SERVICE):
            self._queue.add((item["metadata"]["namespace"], service))

    def _add_all(self) -> None:
        for item in self._copies.services.objects.values():
            self._queue.add(key_of(item))

    async def _reconcile(self, key: Key) -> None:
        service = self._copies.services.named(*key)
        if service is None or "deletionTimestamp" in service["metadata"]:
            return
        config = read_config(self._copies.config_map())
        mode = config.mode_of(service)
        if is_stopped(service):
            await self._standard.clean(service, set())
            await self._knative.clean(service)
            await self._write(service, stopped(service, mode))
            return
        await self._write(service, await self._served(service, config, mode))

    async def _served(self, service: Object, config: Config, mode: str) -> Object:
        try:
            check(service, mode)
        except SpecProblem as problem:
            # As a webhook would refuse it: what serves already goes on.
            self._tell(service, problem)
            return refused(service, config, mode, problem)
        return await (self._knative if mode == KNATIVE else self._standard).serve(service, config)

    async def _write(self, service: Object, wanted: Object) -> None:
        if wanted == (service.get("status") or {}):
            return
        try:
            await self._client.call("PUT", f"{path_of(SERVICES, service)}/status", {**service, "status": wanted})
        except ApiError as error:
            if error.code != 404:
                raise

    def _tell(self, service: Object, problem: SpecProblem) -> None:
        """An event, once for each problem; and another look, for a runtime that is missing may come."""
        self._queue.add(key_of(service), after=AGAIN_SECONDS)
        uid = service["metadata"]["uid"]
        if self._told.get(uid) != problem.message:
            self._told[uid] = problem.message
            self._events.tell(service, "Warning", problem.reason, problem.message, source=SOURCE)
