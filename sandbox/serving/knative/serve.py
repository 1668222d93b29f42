"""Knative mode, played with Deployments: one for each revision, sized by the autoscaler, and a Revision that tells how it does."""

from collections.abc import Callable

from sandbox.client.calls import Client, Object
from sandbox.controllers.paths import DEPLOYMENTS, path_of
from sandbox.serving import conditions as kinds
from sandbox.serving.autoscaler.rules import rules_of
from sandbox.serving.blueprint import blueprint, runtime_of
from sandbox.serving.config import Config
from sandbox.serving.copies import CORE_SERVICES, Copies
from sandbox.serving.knative import records
from sandbox.serving.knative import revisions as objects
from sandbox.serving.knative.revisions import Revision, digest_of, name_of, revisions_of, superfluous
from sandbox.serving.knative.scaling import scaled
from sandbox.serving.knative.status import status
from sandbox.serving.knative.traffic import Rollout, advance, read
from sandbox.serving.names import REVISIONS
from sandbox.serving.pods import Template
from sandbox.serving.predictors import Predictor, stable_of
from sandbox.serving.problems import SpecProblem
from sandbox.serving.runtimes import Runtime
from sandbox.serving.status import Side
from sandbox.serving.workloads import Workloads

Tell = Callable[[Object, SpecProblem], None]
MERGE = "application/merge-patch+json"


class Knative:
    """Makes the revisions of InferenceServices; `tell` hears of what cannot be made."""

    def __init__(self, client: Client, copies: Copies, workloads: Workloads, tell: Tell) -> None:
        self._client, self._copies, self._workloads, self._tell = client, copies, workloads, tell

    async def serve(self, service: Object, config: Config) -> Object:
        """Make a revision if the template is new, tell all of them whether traffic leads to them; returns the status."""
        predictor, runtime = stable_of(service), None
        before = read(((service.get("status") or {}).get("components") or {}).get("predictor") or {})
        try:
            runtime = runtime_of(self._copies, service, predictor)
            template = scaled(predictor, blueprint(self._copies, config, service, predictor, runtime))
            revisions = await self._revisions(service, predictor, template)
        except SpecProblem as problem:
            self._tell(service, problem)
            return status(service, config, Side(predictor, runtime, problem=problem), before)
        told = {each.name: await self._record(service, predictor, template, each) for each in revisions}
        ready = {name for name, record in told.items() if records.state_of(record, kinds.READY).status == "True"}
        rollout, needed = advance(before, revisions[-1].name, ready, predictor.spec.get("canaryTrafficPercent"))
        for record in told.values():
            await self._route(record, rollout, needed)
        await self._forget(service, revisions, needed | {rollout.rolled_out, rollout.previous, rollout.ready})
        latest = revisions[-1]
        side = self._side(service, predictor, runtime, latest)
        return status(service, config, side, rollout, records.state_of(told[latest.name], kinds.READY))

    async def clean(self, service: Object) -> None:
        """Remove the Revisions of one that is stopped; their Deployments go with all others."""
        await self._workloads.remove(self._copies.revisions, REVISIONS, service, set())

    async def _revisions(self, service: Object, predictor: Predictor, template: Template) -> list[Revision]:
        """Those that there are, the last of them with this template."""
        found = revisions_of(service, self._copies.deployments.within(service["metadata"]["namespace"]))
        if found and found[-1].digest == digest_of(template):
            return found
        number = found[-1].number + 1 if found else 1
        name = name_of(predictor, number)
        await self._workloads.ensure(self._copies.core_services, CORE_SERVICES, service, objects.service(service, template, name))
        rules = rules_of(template.annotations)
        wanted = objects.deployment(service, template, name, rules.deadline)
        begun = {"replicas": rules.first}
        made = await self._workloads.ensure(self._copies.deployments, DEPLOYMENTS, service, wanted, first=begun)
        return [*found, Revision(name, number, digest_of(template), made)]

    async def _record(self, service: Object, predictor: Predictor, template: Template, revision: Revision) -> Object:
        """Its Revision, with what it says of itself now; made of the template if it is new."""
        namespace = service["metadata"]["namespace"]
        item = self._copies.revisions.named(namespace, revision.name)
        if item is None:
            made = records.record(service, predictor, template, revision.name, revision.number)
            item = await self._workloads.ensure(self._copies.revisions, REVISIONS, service, made)
        rules = rules_of(item["metadata"].get("annotations") or {})
        told = records.status(item, records.Seen(revision, self._copies.pods_of(namespace, revision.name), rules))
        if told == (item.get("status") or {}):
            return item
        return await self._client.call("PUT", f"{path_of(REVISIONS, item)}/status", {**item, "status": told})

    async def _route(self, record: Object, rollout: Rollout, needed: set[str]) -> None:
        """Let it, and so its autoscaler, know whether traffic leads to it."""
        name = record["metadata"]["name"]
        state = records.ACTIVE if name in rollout.routed else records.PENDING if name in needed else records.RESERVE
        if records.routing_of(record) == state:
            return
        patch = {"metadata": {"uid": record["metadata"]["uid"], "labels": {records.ROUTING: state}}}
        await self._client.call("PATCH", path_of(REVISIONS, record), patch, content_type=MERGE)

    async def _forget(self, service: Object, revisions: list[Revision], named: set[str]) -> None:
        gone = {each.name for each in superfluous(revisions, named)}
        keep = {each.name for each in revisions} - gone
        if gone:
            kept = {name + objects.SUFFIX for name in keep}
            await self._workloads.remove(self._copies.deployments, DEPLOYMENTS, service, kept)
            await self._workloads.remove(self._copies.core_services, CORE_SERVICES, service, keep)
            await self._workloads.remove(self._copies.revisions, REVISIONS, service, keep)

    def _side(self, service: Object, predictor: Predictor, runtime: Runtime | None, latest: Revision) -> Side:
        pods = self._copies.pods_of(service["metadata"]["namespace"], latest.name)
        return Side(predictor, runtime, latest.deployment, pods, self._copies.newest_hash(latest.deployment))
