"""Whether a wish for a namespace can stand; every refusal says what to do. Forms ask while somebody types, actions ask for good."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team
from approvals.models import Request
from clusters.models import Cluster
from clusters.network_profile import trusted_namespaces
from tenants.environments import Environment
from tenants.models import Namespace
from tenants.names import validate_namespace_name
from tenants.wish import NamespaceWish


def check_wish(wish: NamespaceWish, *, team: Team | None = None, but: Request | None = None) -> Cluster:
    """The wish's cluster, if all of it can stand; `team` is who asks, as far as known, `but` the request that itself does.

    Raises ValidationError per field.
    """
    cluster = Cluster.objects.filter(name=wish.cluster).first()
    if cluster is None:
        known = ", ".join(Cluster.objects.values_list("name", flat=True)) or _("none yet")
        raise ValidationError({"cluster": _("There is no cluster “%(name)s”. Known: %(known)s.") % {"name": wish.cluster, "known": known}})
    problems: dict[str, Any] = {}
    for field, check in (
        ("name", _check_name),
        ("environment", _check_environment),
        ("gpus", _check_gpus),
        ("ends_at", _check_end),
        ("cpu", _check_cpu),
        ("memory", _check_memory),
    ):
        try:
            check(wish, cluster, but)
        except ValidationError as error:
            problems[field] = error.error_list
    if team is not None and "gpus" not in problems and (refusals := list(_untrusted(wish, cluster, team))):
        problems["gpus"] = refusals
    if problems:
        raise ValidationError(problems)
    return cluster


def _check_name(wish: NamespaceWish, cluster: Cluster, but: Request | None) -> None:
    validate_namespace_name(wish.name)
    if wish.name in trusted_namespaces(cluster.network_profile):
        message = _("“%(name)s” is reserved on %(cluster)s: every team's network policies trust it. Choose another name.")
        raise ValidationError(message % {"name": wish.name, "cluster": cluster}, code="reserved")
    if Namespace.objects.standing().filter(cluster=cluster, name=wish.name).exists():
        message = _("“%(name)s” is taken on %(cluster)s. Choose another name, or ask its team for access.")
        raise ValidationError(message % {"name": wish.name, "cluster": cluster}, code="taken")
    others = Request.objects.pending().filter(subject=wish.subject)
    if but is not None:
        others = others.exclude(pk=but.pk).exclude(team=but.team_id)
    if others.exists():
        raise ValidationError(_("Another team already asks for “%(name)s”. Choose another name.") % {"name": wish.name}, code="asked_for")


def _check_environment(wish: NamespaceWish, cluster: Cluster, but: Request | None) -> None:
    if wish.environment not in Environment.values:
        known = ", ".join(Environment.values)
        raise ValidationError(
            _("There is no environment “%(name)s”. Choose one of: %(known)s.") % {"name": wish.environment, "known": known}
        )


def _check_gpus(wish: NamespaceWish, cluster: Cluster, but: Request | None) -> None:
    known = set(cluster.flavors.values_list("name", flat=True))
    if unknown := sorted(set(wish.resources.gpus) - known):
        offer = ", ".join(sorted(known)) or _("none")
        message = _("%(cluster)s has no GPU flavor %(unknown)s. It offers: %(offer)s.")
        raise ValidationError(message % {"cluster": cluster, "unknown": ", ".join(unknown), "offer": offer}, code="unknown_flavor")


def _untrusted(wish: NamespaceWish, cluster: Cluster, team: Team) -> Iterator[ValidationError]:
    for flavor in cluster.flavors.filter(name__in=[name for name, count in wish.resources.gpus.items() if count]):
        if not flavor.is_usable_by(team):
            message = _(
                "%(flavor)s is shared, and team %(team)s is not among those who trust each other on it. An administrator can add it."
            )
            yield ValidationError(message % {"flavor": flavor, "team": team.name}, code="not_trusted")


def _check_end(wish: NamespaceWish, cluster: Cluster, but: Request | None) -> None:
    if wish.ends_at is not None and wish.ends_at <= timezone.now():
        raise ValidationError(_("The end must be in the future; leave it empty for no end."), code="past")


def _check_cpu(wish: NamespaceWish, cluster: Cluster, but: Request | None) -> None:
    if not wish.resources.cpu:
        raise ValidationError(_nothing(), code="nothing")


def _check_memory(wish: NamespaceWish, cluster: Cluster, but: Request | None) -> None:
    if not wish.resources.memory:
        raise ValidationError(_nothing(), code="nothing")


def _nothing() -> str:
    return _("A namespace needs some CPU and memory, such as 4 CPU and 16Gi, or nothing can run in it.")
