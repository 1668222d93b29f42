"""The tab "Deployments" on the page of a namespace."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from deployments.health import healths
from deployments.models import ModelDeployment
from deployments.policies import may_deploy
from deployments.queries import deployments_seen_by, with_aliases
from tenants.models import Namespace
from tenants.panels import Panel

MOST = 200


def context(namespace: Namespace, user: User) -> dict[str, Any]:
    """What stands in it, with how it does."""
    rows = list(with_aliases(deployments_seen_by(user)).filter(namespace=namespace, deleted_at__isnull=True).order_by("name")[:MOST])
    health = healths(rows)
    stands = namespace.deletion_requested_at is None
    return {"deployments": [(row, health[row.pk]) for row in rows], "may_deploy": stands and may_deploy(user, namespace)}


def count(namespace: Namespace) -> int:
    """How many stand in it; who sees the namespace sees them all."""
    return ModelDeployment.objects.filter(namespace=namespace, deleted_at__isnull=True).count()


in_namespace = Panel("deployments", _("Deployments"), "deployments/in_namespace.html", context, count)
