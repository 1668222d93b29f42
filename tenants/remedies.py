"""A pre-filled request where one helps: room in another namespace, as long as a quota that stands is raised by administrators only."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.policies import may_ask
from clusters.models import GpuFlavor
from diagnosis.case import Case
from diagnosis.explanation import Solution
from diagnosis.messages import Fact
from tenants.models import Namespace

FIELDS = {"requests.cpu": "cpu", "limits.cpu": "cpu", "requests.memory": "memory", "limits.memory": "memory", "requests.storage": "storage"}


def remedies(fact: Fact, case: Case, user: User) -> Iterator[Solution]:
    """For a quota that is used up: the form of a request for a namespace with what is missing, for whom may ask for the team."""
    if fact.code != "quota-full":
        return
    rows = Namespace.objects.visible_to(user).standing().filter(cluster=case.evidence.cluster, name=case.evidence.namespace)
    row = rows.select_related("cluster", "team").first()
    if row and may_ask(user, row.team):
        place = {"team": row.team.name, "cluster": row.cluster.name, "environment": row.environment}
        url = f"{reverse('namespace_new')}?{urlencode({**place, **_amounts(fact, row)})}"
        yield Solution(_("Or run it in another namespace of the team."), _("Ask for a namespace with what is missing"), url)


def _amounts(fact: Fact, row: Namespace) -> dict[str, str]:
    found = {FIELDS[each.resource]: each.requested for each in fact.amounts if each.resource in FIELDS}
    for each in fact.amounts:
        name = each.resource.removeprefix("requests.")
        flavors = GpuFlavor.objects.filter(cluster=row.cluster_id, resource_name=name, name__in=row.quota.gpus)
        if flavor := flavors.first():
            found[f"gpu_{flavor.name}"] = each.requested
    return found
