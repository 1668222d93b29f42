"""The rail: where a person can go, by role, with what waits there."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import PlatformRole, Team, User
from approvals.models import Request
from approvals.queries import tab
from clusters.models import Drift

NAMESPACES = ("namespace_new", "namespace_detail", "namespace_tab", "namespace_delete")
DEPLOYMENTS = (
    *("deployment_new", "deployment_detail", "deployment_tab", "deployment_edit", "deployment_delete"),
    "deployment_promote_to",
)
MODELS = ("model_new", "model_detail", "model_version_new", "model_version")


@dataclass
class Item:
    """One entry: `places` are the names of the routes that belong to it."""

    label: str | Promise
    route: str
    icon: str
    places: tuple[str, ...] = ()
    args: tuple[Any, ...] = ()
    count: int = 0
    hot: bool = False
    key: str = ""
    current: bool = False

    @property
    def url(self) -> str:
        return reverse(self.route, args=self.args)


@dataclass
class Section:
    """A group of entries under a heading (none for the first)."""

    title: str | Promise
    items: list[Item] = field(default_factory=list)


def sections(user: User, place: str, args: tuple[Any, ...]) -> list[Section]:
    """The rail of this person, with the entry of the route `place` marked as current."""
    roles = set(PlatformRole.objects.filter(user=user).values_list("role", flat=True))
    found = [Section("", _own(user)), Section(_("Teams"), _teams(user)), Section(_("Platform"), _platform(user, roles))]
    for section in found:
        for item in section.items:
            item.current = place in (item.route, *item.places) and (not item.args or item.args == args)
    return [section for section in found if section.items]


def _own(user: User) -> list[Item]:
    waiting = Request.objects.visible_to(user).asked_by(user).pending().count()
    return [
        Item(_("Home"), "home", "home", key="g h"),
        Item(
            _("Requests"),
            "request_list",
            "requests",
            places=("request_detail", "request_revise", "deployment_revise", "request_reject_many"),
            count=waiting,
            key="g r",
        ),
        Item(_("Namespaces"), "namespace_list", "namespaces", places=NAMESPACES, key="g n"),
        Item(_("Deployments"), "deployment_list", "deployments", places=DEPLOYMENTS, key="g d"),
        Item(_("Models"), "model_list", "models", places=MODELS, key="g m"),
    ]


def _teams(user: User) -> list[Item]:
    teams = Team.objects.filter(memberships__user=user)
    return [Item(team.display_name or team.name, "team_detail", "", args=(team.name,)) for team in teams]


def _platform(user: User, roles: set[str]) -> list[Item]:
    items = []
    if roles & {PlatformRole.Role.APPROVER, PlatformRole.Role.ADMIN}:
        items.append(Item(_("Inbox"), "inbox", "inbox", count=tab(user, "needs-me").count(), hot=True, key="g i"))
    items.append(Item(_("Capacity"), "cluster_list", "clusters", places=("cluster_detail",), key="g c"))
    if roles:
        items.append(Item(_("Drift"), "drift_list", "drift", count=Drift.objects.open().count(), key="g f"))
    items.append(Item(_("Audit log"), "audit_list", "audit", key="g a"))
    return items
