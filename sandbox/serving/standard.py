"""Standard mode: a Deployment and a Service for the stable predictor and for each canary, an autoscaler for the stable one."""

from collections.abc import Callable

from sandbox.client.calls import Object
from sandbox.controllers.paths import DEPLOYMENTS
from sandbox.serving import objects_of
from sandbox.serving.blueprint import blueprint, runtime_of
from sandbox.serving.config import Config
from sandbox.serving.copies import CORE_SERVICES, Copies
from sandbox.serving.predictors import Predictor, canaries_of, stable_of
from sandbox.serving.problems import SpecProblem
from sandbox.serving.runtimes import Runtime
from sandbox.serving.status import Side, status
from sandbox.serving.workloads import Workloads

Tell = Callable[[Object, SpecProblem], None]


class Standard:
    """Makes the objects of InferenceServices; `tell` hears of what cannot be made."""

    def __init__(self, copies: Copies, workloads: Workloads, tell: Tell) -> None:
        self._copies, self._workloads, self._tell = copies, workloads, tell

    async def serve(self, service: Object, config: Config) -> Object:
        """Make what is missing, remove what is needed no more; returns the status."""
        # Canaries first, so that one that is promoted is there before the former stable one goes.
        predictors = [*canaries_of(service), stable_of(service)]
        sides = [await self._side(service, config, predictor) for predictor in predictors]
        await self.clean(service, {predictor.workload for predictor in predictors})
        return status(service, config, sides[-1], sides[:-1])

    async def clean(self, service: Object, keep: set[str]) -> None:
        """Remove all but these; the autoscaler first, or it would tell of a target that is gone."""
        copies = self._copies
        if copies.autoscalers:
            stable = stable_of(service)
            scaled = {stable.workload} & keep if objects_of.is_autoscaled(service, stable) else set()
            await self._workloads.remove(copies.autoscalers, copies.autoscalers_path, service, scaled)
        await self._workloads.remove(copies.deployments, DEPLOYMENTS, service, keep)
        await self._workloads.remove(copies.core_services, CORE_SERVICES, service, keep)

    async def _side(self, service: Object, config: Config, predictor: Predictor) -> Side:
        runtime, deployment = None, self._copies.deployments.named(service["metadata"]["namespace"], predictor.workload)
        try:
            runtime = runtime_of(self._copies, service, predictor)
            deployment = await self._make(service, config, predictor, runtime)
        except SpecProblem as problem:
            self._tell(service, problem)
            return Side(predictor, runtime, deployment, problem=problem)
        pods = self._copies.pods_of(service["metadata"]["namespace"], predictor.workload)
        return Side(predictor, runtime, deployment, pods, self._copies.newest_hash(deployment))

    async def _make(self, service: Object, config: Config, predictor: Predictor, runtime: Runtime | None) -> Object:
        copies, pods = self._copies, blueprint(self._copies, config, service, predictor, runtime)
        scaler: Object | None = None
        if copies.autoscalers and objects_of.is_autoscaled(service, predictor):
            # Looked at before anything is written: its metrics may be ones that this mode has not.
            scaler = objects_of.autoscaler(service, predictor, pods, copies.autoscalers_path.split("/")[3])
        await self._workloads.ensure(copies.core_services, CORE_SERVICES, service, objects_of.service(service, predictor, pods))
        wanted = objects_of.deployment(service, predictor, pods)
        begun = {"replicas": predictor.replicas}
        deployment = await self._workloads.ensure(copies.deployments, DEPLOYMENTS, service, wanted, first=begun)
        if copies.autoscalers and scaler:
            await self._workloads.ensure(copies.autoscalers, copies.autoscalers_path, service, scaler)
        return deployment
