"""Events of autoscalers and of Deployments -> steps, each once however often it is seen. The watcher calls it with what it saved."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from clusters.models import Event
from deployments.scaling.ledger import BACK, Ledger, source_of
from deployments.scaling.messages import RESCALED, SCALED, ReplicaSetScale, replica_set_scale, rescale
from deployments.scaling.workloads import Workload, Workloads
from deployments.spec import DeploymentSpec, Scaling

TOLD_BY = {RESCALED: "HorizontalPodAutoscaler", SCALED: "Deployment"}
# An autoscaler's word and the Deployment's deed are told by two events, in any order.
SAME_STEP = dt.timedelta(seconds=30)
# So long may Kubernetes take to exchange the pods of a Deployment.
EXCHANGE = dt.timedelta(minutes=10)


def note_events(rows: Sequence[Event]) -> int:
    """Keeps what they tell of deployments' scale; returns how many steps are new.

    A list of the watcher's brings hundreds at once, most of them seen before: how often the database is asked goes by the deployments and
    workloads that they are about, not by their number.
    """
    told = sorted((row for row in rows if TOLD_BY.get(row.reason) == row.involved_kind), key=lambda row: row.last_at)
    workloads = Workloads(told)
    ours = [(row, workload) for row in told if (workload := workloads.of(row))]
    if not ours:
        return 0
    burst = Burst([row for row, _workload in ours], {workload.deployment.pk for _row, workload in ours})
    for row, workload in ours:
        burst.note(row, workload)
    return burst.ledger.write()


class Burst:
    """Events of one time about workloads of ours."""

    def __init__(self, events: list[Event], deployments: set[int]) -> None:
        self.ledger = Ledger(events, deployments)
        self._exchanges = exchanges_near(events)

    def note(self, event: Event, workload: Workload) -> None:
        """One event, after all that were before it."""
        if self.ledger.knows(event):
            return
        if event.reason == RESCALED:
            self._of_autoscaler(event, workload)
        else:
            self._of_replica_set(event, workload)

    def _of_autoscaler(self, event: Event, workload: Workload) -> None:
        told = rescale(event.message)
        if told is None:
            return
        metric, threshold = _why(told.metric, workload.spec)
        near = self.ledger.near(workload, told.after, event.last_at - SAME_STEP, event.last_at + SAME_STEP)
        seen = next((step for step in near if not step.metric and step.asked_by_id is None), None)
        if seen is not None:
            # The Deployment's event came first and could not say why.
            why = {"metric": metric[:120], "threshold": threshold, "message": event.message[:500]}
            self.ledger.change(seen, **why, source=source_of(event))
        else:
            before = self._size_before(event, workload)
            self.ledger.add(event, workload, after=told.after, before=before, metric=metric[:120], threshold=threshold)

    def _of_replica_set(self, event: Event, workload: Workload) -> None:
        told = replica_set_scale(event.message)
        if told is None:
            return
        if workload.knative:
            self._of_knative(event, workload, told)
            return
        near = self.ledger.near(workload, told.after, event.last_at - SAME_STEP, event.last_at + SAME_STEP)
        wanted = self.ledger.wanted(workload, told.after, event.last_at - BACK, event.last_at + SAME_STEP)
        if seen := next(near, None) or next(wanted, None):
            # The Deployment itself knows the former size for certain.
            if told.before is not None and seen.asked_by_id is None and seen.before != told.before:
                self.ledger.change(seen, before=told.before)
            return
        before = told.before if told.before is not None else self._size_before(event, workload)
        if before and told.after and not self._exchanges_pods(event, told):
            self.ledger.add(event, workload, after=told.after, before=before, metric="", threshold=None)

    def _of_knative(self, event: Event, workload: Workload, told: ReplicaSetScale) -> None:
        """Knative's autoscaler tells nothing itself: a revision's Deployment is its alone, and so is each step, also to zero and back."""
        before = told.before if told.before is not None else self._size_before(event, workload)
        scaling = workload.spec.scaling if workload.spec else Scaling()
        if not before and not self.ledger.any_of(workload) and told.after == max(scaling.minimum, 1):
            # A revision that begins.
            return
        metric, threshold = next(iter(scaling.targets.items()), ("", None)) if scaling.automatic else ("", None)
        self.ledger.add(event, workload, after=told.after, before=before, metric=metric[:120], threshold=threshold)

    def _size_before(self, event: Event, workload: Workload) -> int | None:
        """What the workload was last scaled to, as far as that was seen."""
        step = self.ledger.last_before(workload, event.last_at)
        return step.after if step else None

    def _exchanges_pods(self, event: Event, told: ReplicaSetScale) -> bool:
        """Whether another ReplicaSet of its Deployment changes at about the same time: then pods are exchanged, and their number stays."""
        others = self._exchanges[_place(event)]
        return any(abs(at - event.last_at) <= EXCHANGE and name != told.replica_set for at, name in others)


def exchanges_near(events: Sequence[Event]) -> dict[tuple[int, str, str], list[tuple[dt.datetime, str]]]:
    """By Deployment: when which ReplicaSet of it changed, around the time of these events."""
    times, found = [event.last_at for event in events], defaultdict(list)
    rows = Event.objects.filter(
        reason=SCALED,
        last_at__range=(min(times) - EXCHANGE, max(times) + EXCHANGE),
        cluster__in={event.cluster_id for event in events},
        namespace__in={event.namespace for event in events},
        involved_name__in={event.involved_name for event in events},
    )
    for row in rows.only("cluster", "namespace", "involved_name", "message", "last_at"):
        if told := replica_set_scale(row.message):
            found[_place(row)].append((row.last_at, told.replica_set))
    return found


def _place(event: Event) -> tuple[int, str, str]:
    return event.cluster_id, event.namespace, event.involved_name


def _why(metric: str, spec: DeploymentSpec | None) -> tuple[str, int | None]:
    """The metric with its target. Without one everything was below its target: the only one there is, or all of them."""
    if spec is None:
        return metric, None
    scaling = spec.scaling
    bounds = {"minimum": scaling.minimum, "maximum": scaling.maximum}
    if metric:
        return metric, {**scaling.targets, **bounds}.get(metric)
    return ",".join(scaling.targets), next(iter(scaling.targets.values())) if len(scaling.targets) == 1 else None
