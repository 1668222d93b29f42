"""What a cluster says of a wish before it is carried out: a dry run of each object, and of a pod such as KServe would make."""

from collections.abc import Callable
from functools import partial
from typing import Any

from clusters.connections import connection
from deployments.gathering import facts_for_plan
from deployments.manifests import render
from deployments.pod_trial import as_verdict, try_newest
from deployments.queries import standing_deployment
from deployments.wish import DeploymentWish
from kube.deadline import Deadline
from kube.inventory import find
from kube.plan import dry_run
from tenants.models import Namespace


def verdicts(namespace: Namespace, wish: DeploymentWish, begin: Callable[[], Deadline]) -> list[dict[str, Any]]:
    """The verdicts of kube.plan.dry_run, the pod's last. The time counts from `begin`, when everything has been read from the database.

    Raises Unreachable, DeadlinePassed.
    """
    standing = standing_deployment(namespace, wish.name)
    facts = facts_for_plan(namespace, wish, standing)
    api, inventory = connection(namespace.cluster), standing.inventory if standing else []
    deadline = begin()
    ask = partial(dry_run, api, claim=facts.claim, deadline=deadline)
    tried = [ask(manifest, entry=find(inventory, manifest)) for manifest in render(facts)]
    return [*tried, as_verdict(*try_newest(api, facts, deadline))]
