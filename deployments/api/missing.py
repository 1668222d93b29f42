"""What a call names and does not exist, in words that say what there is or what to do."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from deployments.models import Revision
from rest.problems import Problem
from tenants.models import Namespace


def revision_numbered(revisions: QuerySet[Revision], number: int) -> Revision:
    """One of a deployment's revisions. Raises Problem 404, which says which is the newest."""
    if revision := revisions.filter(number=number).first():
        return revision
    newest = revisions.order_by("-number").values_list("number", flat=True).first()
    message = _("This deployment has no revision %(number)s; its newest is %(newest)s.")
    raise Problem(404, message % {"number": number, "newest": newest}, "no_revision")


def target_named(user: User, cluster: str, name: str) -> Namespace:
    """The standing namespace of that name on the cluster, as far as the person sees it. Raises Problem 404."""
    seen = Namespace.objects.visible_to(user).standing().select_related("team", "cluster")
    if namespace := seen.filter(cluster__name=cluster, name=name).first():
        return namespace
    message = _("There is no namespace “%(name)s” on %(cluster)s. Name another one of the team, with its `cluster` where that is another.")
    raise Problem(404, message % {"name": name, "cluster": cluster}, "no_namespace")


def no_rollout(status: int) -> Problem:
    """Nothing was ever tried beside what serves."""
    message = _("No rollout has begun here. Begin one by a change of the deployment (PATCH) with `trial`, such as %(example)s.")
    return Problem(status, message % {"example": '{"version": 2, "trial": {"share": 10}}'}, "no_rollout")
