"""Whose workload it is that was scaled: by the names that KServe, and Knative below it, make of a deployment's."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from clusters.models import Event
from deployments.gathering import facts_of
from deployments.manifests.names import predictor_name
from deployments.models import ModelDeployment
from deployments.spec import DeploymentSpec

# Knative numbers its revisions and gives each a Deployment of its own.
KNATIVE = re.compile(r"(?P<predictor>.+)-\d{5,}-deployment", re.ASCII)
PREDICTOR = "-predictor"

SECOND = dt.timedelta(seconds=1)


class Workload(NamedTuple):
    """A deployment's predictor. `spec` is what it runs by, None when that is not known any more."""

    deployment: ModelDeployment
    name: str
    spec: DeploymentSpec | None
    knative: bool


class Workloads:
    """Whose the workloads of a burst of events are: one query for all, and what runs by what asked once of each deployment."""

    def __init__(self, events: Iterable[Event]) -> None:
        places = {(event.cluster_id, event.namespace) for event in events}
        rows = ModelDeployment.objects.standing().filter(
            revision__isnull=False, cluster__in={place[0] for place in places}, namespace__name__in={place[1] for place in places}
        )
        self._here: dict[tuple[int, str], list[ModelDeployment]] = defaultdict(list)
        for row in rows.select_related("cluster", "namespace__team", "revision") if places else ():
            self._here[row.cluster_id, row.namespace.name].append(row)
        self._specs: dict[int, dict[str, DeploymentSpec]] = {}

    def of(self, event: Event) -> Workload | None:
        """The workload that an event is about; None for everything that is no deployment's of the portal."""
        name = _scaled(event)
        found = KNATIVE.fullmatch(name)
        predictor = found["predictor"] if found else name
        for deployment in self._named_like(event, predictor):
            spec = self._specs_of(deployment).get(predictor)
            if spec is not None or _is_predictor(deployment.name, predictor):
                return Workload(deployment, name, spec, found is not None)
        return None

    def _named_like(self, event: Event, predictor: str) -> list[ModelDeployment]:
        # One of the same name may have stood here before; Kubernetes keeps events for an hour, in whole seconds.
        here = [row for row in self._here[event.cluster_id, event.namespace] if row.created_at <= event.last_at + SECOND]
        return sorted((row for row in here if predictor.startswith(f"{row.name}-")), key=lambda row: len(row.name), reverse=True)

    def _specs_of(self, deployment: ModelDeployment) -> dict[str, DeploymentSpec]:
        """By predictor, of what runs now; by what one ran that is gone its name does not tell."""
        if deployment.pk not in self._specs:
            facts = facts_of(deployment)
            # What serves comes last: it has the name if both had.
            running = [variant for variant in (facts.candidate, facts.stable) if variant]
            self._specs[deployment.pk] = {predictor_name(facts, variant): variant.spec for variant in running}
        return self._specs[deployment.pk]


def _scaled(event: Event) -> str:
    """The name of what is scaled; an autoscaler of ours has it without the end that KServe gives its Deployment."""
    ours = event.involved_kind == "HorizontalPodAutoscaler" and not event.involved_name.endswith(PREDICTOR)
    return f"{event.involved_name}{PREDICTOR}" if ours else event.involved_name


def _is_predictor(name: str, predictor: str) -> bool:
    return re.fullmatch(rf"{re.escape(name)}(-r\d+)?-predictor", predictor, re.ASCII) is not None
