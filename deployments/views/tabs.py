"""What each tab of a deployment's page shows."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from accounts.models import User
from clusters.models import Observed
from deployments.figures import compared
from deployments.forms.steps import FollowForm
from deployments.gathering import facts_of
from deployments.health import Seen, running_rollout
from deployments.history import history_of
from deployments.manifests import render
from deployments.models import ModelDeployment
from deployments.pages import addresses_of, conditions_of, follow_ended, pods_of_sides
from deployments.queries import events_of, pods_of, scaling_steps
from deployments.reasons import reasons_of_pods, what_needs_somebody
from diagnosis.events import merged
from logs.choice import Choice
from logs.viewer import viewer
from metrics.charts import ALL, charts
from tenants.pages import as_yaml

MOST_EVENTS = 8
MOST_READ = 200
MOST_ROLLOUTS = 50
MOST_STEPS = 50


def overview(row: ModelDeployment, seen: Seen, user: User) -> dict[str, Any]:
    """What needs somebody, the candidate beside what serves, pods, addresses, conditions, events, objects."""
    rollout, reasons = running_rollout(row), reasons_of_pods(row, seen, user)
    return {
        "sides": compared(rollout) if rollout else [],
        "pods": pods_of_sides(row, seen, reasons),
        "addresses": addresses_of(row, seen),
        "conditions": conditions_of(seen),
        "needs": what_needs_somebody(row, seen, user, reasons),
        "events": merged(events_of(row)[:MOST_READ])[:MOST_EVENTS],
        "follow": FollowForm(deployment=row),
        "follow_ended": follow_ended(row),
        **charts(reverse("deployment-series", args=[row.pk]), _at_a_glance(row), small=True, compared=rollout is not None),
        **logs(row, seen, user),
        "log_begin": "tail=50",
        "log_short": True,
    }


def _at_a_glance(row: ModelDeployment) -> tuple[str, ...]:
    """Four charts; the last is of what it has most of."""
    return ("requests", "p99", "errors", "gpu" if row.revision and row.revision.spec.size.gpus else "cpu")


def pods(row: ModelDeployment, seen: Seen, user: User) -> dict[str, Any]:
    """Its pods with their side, and all its events."""
    return {"pods": pods_of_sides(row, seen, reasons_of_pods(row, seen, user)), "events": merged(events_of(row)[:MOST_READ])}


def logs(row: ModelDeployment, seen: Seen, user: User) -> dict[str, Any]:
    """The lines of all its containers."""
    return viewer(Choice(row.namespace, among=lambda: pods_of(row)), "" if row.deleted_at else reverse("deployment_logs", args=[row.pk]))


def metrics(row: ModelDeployment, seen: Seen, user: User) -> dict[str, Any]:
    """Everything that is sampled of it; beside a candidate each revision by itself."""
    return charts(reverse("deployment-series", args=[row.pk]), ALL, revisions=True, compared=running_rollout(row) is not None)


def traffic(row: ModelDeployment, seen: Seen, user: User) -> dict[str, Any]:
    """The rollout that runs, those that ended with the numbers that ended them, and what changed the number of replicas."""
    rollout = running_rollout(row)
    ended = row.rollouts.filter(ended_at__isnull=False).select_related("candidate", "stable", "started_by", "ended_by")
    return {
        "sides": compared(rollout) if rollout else [],
        "steps": scaling_steps(row)[:MOST_STEPS],
        "ended": [(each, compared(each)) for each in ended[:MOST_ROLLOUTS]],
    }


def revisions(row: ModelDeployment, seen: Seen, user: User) -> dict[str, Any]:
    """Every change, newest first, with what it changed."""
    return {"history": history_of(row)}


def yaml(row: ModelDeployment, seen: Seen, user: User) -> dict[str, Any]:
    """What the portal wants there, and what the watcher saw."""
    own = Observed.objects.filter(cluster=row.cluster, owner=row.holder, namespace=row.namespace.name)
    found = {(each.kind, each.name): each for each in own}
    wanted = [] if row.deleted_at or row.revision is None else render(facts_of(row))
    return {"documents": [_document(manifest, found) for manifest in wanted]}


def _document(manifest: dict[str, Any], found: dict[tuple[str, str], Observed]) -> tuple[str, str, str, str]:
    kind, name = manifest["kind"], manifest["metadata"]["name"]
    live = found.get((kind, name))
    return kind, name, as_yaml(manifest), as_yaml(live.body) if live else ""


PARTS: dict[str, Callable[[ModelDeployment, Seen, User], dict[str, Any]]] = {
    "overview": overview,
    "pods": pods,
    "logs": logs,
    "metrics": metrics,
    "traffic": traffic,
    "revisions": revisions,
    "yaml": yaml,
}
