"""The steps with which a burst of events is compared: read at once, written at once, however many events there are."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from clusters.models import Event
from deployments.models import ScalingStep
from deployments.models.scaling_step import KEPT
from deployments.scaling.workloads import Workload

# A person's word is carried out when a worker comes to it: so far back a step may belong to an event.
BACK = dt.timedelta(minutes=10)


def source_of(event: Event) -> str:
    """Kubernetes counts repetitions in one event: each is a step of its own."""
    return f"event:{event.uid}:{event.count}"


class Ledger:
    """What is known of the deployments of these events from BACK before the first of them on; `write` keeps what was added and changed."""

    def __init__(self, events: Sequence[Event], deployments: Iterable[int]) -> None:
        self._steps: dict[int, list[ScalingStep]] = defaultdict(list)
        since = min(event.last_at for event in events) - BACK
        for step in ScalingStep.objects.filter(deployment__in=deployments, at__gte=since):
            self._steps[step.deployment_id].append(step)
        sources = [source_of(event) for event in events]
        self._known = set(ScalingStep.objects.filter(source__in=sources).values_list("source", flat=True))
        self._since, self._earlier = since, dict[tuple[int, str], ScalingStep | None]()
        self._new: list[ScalingStep] = []
        self._changed: dict[int, ScalingStep] = {}

    def knows(self, event: Event) -> bool:
        """Whether it is a step already."""
        return source_of(event) in self._known

    def near(self, workload: Workload, after: int, begin: dt.datetime, end: dt.datetime) -> Iterator[ScalingStep]:
        """The workload's steps to this size within the time, newest first."""
        return (step for step in self._of(workload) if step.workload == workload.name and step.after == after and begin <= step.at <= end)

    def wanted(self, workload: Workload, after: int, begin: dt.datetime, end: dt.datetime) -> Iterator[ScalingStep]:
        """Persons' changes of the minimum to this size within the time, newest first."""
        asked = (step for step in self._of(workload) if step.metric == "minimum" and not step.workload)
        return (step for step in asked if step.after == after and begin <= step.at <= end)

    def last_before(self, workload: Workload, at: dt.datetime) -> ScalingStep | None:
        """The workload's newest step before this time; one query for each workload that has none since the ledger begins."""
        recent = (step for step in self._of(workload) if step.workload == workload.name and step.at < at)
        return next(recent, None) or self._before_all(workload)

    def any_of(self, workload: Workload) -> bool:
        """Whether it was ever scaled, as far as that was seen."""
        return any(step.workload == workload.name for step in self._of(workload)) or self._before_all(workload) is not None

    def add(self, event: Event, workload: Workload, **values: Any) -> None:
        """A new step."""
        step = ScalingStep(deployment=workload.deployment, workload=workload.name, at=event.last_at, source=source_of(event), **values)
        step.message = event.message[:500]
        self._new.append(step)
        self._steps[workload.deployment.pk].append(step)
        self._known.add(step.source)

    def change(self, step: ScalingStep, **values: Any) -> None:
        """Something more is known of a step."""
        for name, value in values.items():
            setattr(step, name, value)
        self._known.add(step.source)
        if step.pk:
            self._changed[step.pk] = step

    def write(self) -> int:
        """How many steps are new."""
        ScalingStep.objects.bulk_update(self._changed.values(), ["metric", "threshold", "message", "source", "before"])
        # Another watcher may have kept one meanwhile.
        ScalingStep.objects.bulk_create(self._new, ignore_conflicts=True)
        for deployment in {step.deployment_id for step in self._new}:
            trim(deployment)
        return len(self._new)

    def _of(self, workload: Workload) -> list[ScalingStep]:
        return sorted(self._steps[workload.deployment.pk], key=lambda step: (step.at, step.pk or float("inf")), reverse=True)

    def _before_all(self, workload: Workload) -> ScalingStep | None:
        key = (workload.deployment.pk, workload.name)
        if key not in self._earlier:
            rows = ScalingStep.objects.filter(deployment=key[0], workload=key[1], at__lt=self._since)
            self._earlier[key] = rows.first()
        return self._earlier[key]


def trim(deployment: int) -> None:
    """Forgets the oldest steps of a deployment beyond the newest few hundred."""
    rows = ScalingStep.objects.filter(deployment=deployment)
    if old := list(rows.values_list("pk", flat=True)[KEPT:]):
        ScalingStep.objects.filter(pk__in=old).delete()
