"""Tells the sampler which pods serve which deployment, in which revision, and where their model servers tell their counters."""

from collections.abc import Callable, Mapping, Sequence

from clusters.models import Cluster, Observed, Pod
from deployments.gathering import facts_of
from deployments.models import ModelDeployment, Revision, Rollout
from deployments.queries import LABEL
from deployments.serving import offer_of
from deployments.traffic.pods import places_of
from deployments.traffic.sides import sides_of
from metrics.workloads import Workload

Tells = Callable[[Pod], Workload]


def workloads(cluster: Cluster, pods: Sequence[Pod]) -> Mapping[str, Workload]:
    """By the pods' uids: three questions, and a few more for each rollout that runs."""
    services = Observed.objects.filter(cluster=cluster, kind="InferenceService").exclude(owner="").defer("body")
    holders = {(service.namespace, service.name): service.owner for service in services}
    rows = ModelDeployment.objects.standing().filter(cluster=cluster, revision__isnull=False)
    standing = {row.holder: row for row in rows.select_related("cluster", "namespace__team", "revision")}
    rollouts = {each.deployment_id: each for each in Rollout.objects.running().filter(deployment__cluster=cluster)}
    knative = offer_of(cluster).serving.mode == "Knative"
    tells: dict[str, Tells] = {}
    found = {}
    for pod in pods:
        holder = holders.get((pod.namespace, pod.labels.get(LABEL, "")), "")
        if row := standing.get(holder):
            if holder not in tells:
                tells[holder] = _by_side(row, knative) if row.pk in rollouts else _by_revision(row, knative)
            found[pod.uid] = tells[holder](pod)
    return found


def _by_revision(row: ModelDeployment, knative: bool) -> Tells:
    assert row.revision is not None  # noqa: S101 - asked for
    workload = _workload(row, row.revision, knative)
    return lambda pod: workload


def _workload(row: ModelDeployment, revision: Revision, knative: bool) -> Workload:
    return Workload(row.holder, f"r{revision.number}", places_of(revision.spec, knative=knative, annotations={}))


def _by_side(row: ModelDeployment, knative: bool) -> Tells:
    """Beside a candidate a pod's name or label says which revision it runs; of whom it does not, only the whole counts it."""
    facts = facts_of(row)
    if facts.candidate is None:
        return _by_revision(row, knative)
    service = Observed.objects.filter(kind="InferenceService", cluster=row.cluster, owner=row.holder, name=row.name).first()
    sides = sides_of(facts, facts.candidate, (service.body.get("status") or {}) if service else {})

    def tell(pod: Pod) -> Workload:
        side = next((side for side in sides if side.owns(pod.labels, pod.name)), None)
        spec = side.variant.spec if side else facts.stable.spec
        return Workload(row.holder, f"r{side.variant.number}" if side else "", places_of(spec, knative=knative, annotations={}))

    return tell
