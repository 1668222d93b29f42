"""What the fields of a deployment offer: namespaces, models, versions, runtimes, GPU flavors, targets; all as the person may see them."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from clusters.cards import flavor_cards
from clusters.models import GpuFlavor
from deployments.runtimes import proposed_runtime
from deployments.serving import offer_of
from deployments.wording import RUNTIMES
from registry.models import ModelVersion, RegisteredModel
from tenants.models import Namespace

MOST_VERSIONS = 200
Choices = list[tuple[str, str]]
TARGETS = {"Standard": ("cpu_target", "memory_target"), "Knative": ("concurrency", "rps")}
OTHER_TARGETS: dict[tuple[str, ...], tuple[str, ...]] = {TARGETS["Standard"]: TARGETS["Knative"], TARGETS["Knative"]: TARGETS["Standard"]}

# Knative grows as soon as its windows say so: it knows a delay before fewer only.
PACES = {"Standard": ("up_seconds", "down_seconds"), "Knative": ("down_seconds",)}


def deployable(user: User) -> QuerySet[Namespace]:
    """The standing namespaces of the teams for which the person deploys."""
    deploys = (Membership.Role.MEMBER, Membership.Role.OWNER)
    rows = Namespace.objects.standing().filter(deletion_requested_at__isnull=True)
    return rows.filter(team__memberships__user=user, team__memberships__role__in=deploys).select_related("team", "cluster")


def namespace_choices(rows: QuerySet[Namespace]) -> Choices:
    """By primary key: a name may stand on several clusters."""
    return [(str(row.pk), f"{row.name} · {row.get_environment_display()} · {row.cluster}") for row in rows.order_by("name")]


def model_choices(user: User, namespace: Namespace | None, chosen: str) -> Choices:
    """The models that may be deployed there: common ones and the team's own; and the one that is chosen already."""
    rows = RegisteredModel.objects.visible_to(user).standing().filter(versions__gone_at__isnull=True, versions__isnull=False)
    if namespace:
        rows = rows.filter(Q(team__isnull=True) | Q(team=namespace.team_id))
    names = list(rows.distinct().values_list("name", flat=True))
    return [("", _("Choose a model")), *_with(chosen, [(name, name) for name in names])]


def _with(chosen: str, offered: Choices) -> Choices:
    """What stands in a field is shown, offered or not: then it is answered, not silently changed."""
    known = not chosen or any(value == chosen for value, _label in offered)
    return offered if known else [*offered, (chosen, chosen)]


def number_of(pick: str) -> int:
    """The version's number; 0, which none has, for what is no pick."""
    number = pick.partition("@")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0


def pick_choices(user: User, model: str, chosen: str) -> Choices:
    """Aliases first, each with the version that it names now and that is pinned; then the versions, newest first.

    A pick is "3" or "3@champion".
    """
    found = RegisteredModel.objects.visible_to(user).filter(name=model).first()
    if found is None:
        return [("", _("Choose a model first"))]
    aliases = list(found.aliases.select_related("version").filter(version__gone_at__isnull=True))
    named: dict[int, list[str]] = {}
    for alias in aliases:
        named.setdefault(alias.version_id, []).append(alias.name)
    by_alias = [(f"{each.version.number}@{each.name}", f"{each.name} → v{each.version.number}") for each in aliases]
    versions = found.versions.standing()[:MOST_VERSIONS]
    by_number = [(str(row.number), _version(row, named.get(row.pk, []))) for row in versions]
    offered = [*by_alias, *by_number]
    # A pick of another model is none of this one.
    mine = chosen if found.versions.filter(number=number_of(chosen)).exists() else ""
    return [("", _("Choose a version")), *_with(mine, offered)]


def version_named(user: User, model: str, alias: str) -> str:
    """The number of the version that the alias names now; empty where it names none that the person sees."""
    seen = ModelVersion.objects.visible_to(user).filter(model__name=model, aliases__name=alias)
    return str(seen.values_list("number", flat=True).first() or "")


def _version(row: ModelVersion, aliases: list[str]) -> str:
    words = [f"v{row.number}", *([", ".join(aliases)] if aliases else []), *([] if row.is_ready else [row.status.lower()])]
    return " · ".join(words)


def runtime_choices(version: ModelVersion | None) -> Choices:
    """The proposed one first, as what holds when nobody chooses."""
    proposed = RUNTIMES[proposed_runtime(version)]
    return [("", _("%(runtime)s (proposed)") % {"runtime": proposed}), *((name, str(word)) for name, word in RUNTIMES.items())]


def flavor_choices(namespace: Namespace | None, chosen: str) -> Choices:
    """Those that the team may use, with the cards that are free now."""
    if namespace is None:
        return [("", _("No GPU"))]
    found = []
    usable = set(GpuFlavor.objects.usable_by(namespace.team).filter(cluster=namespace.cluster).values_list("pk", flat=True))
    for cards in flavor_cards(namespace.cluster):
        if cards.flavor.pk in usable:
            free = _("%(free)s of %(installed)s free") % {"free": cards.free, "installed": cards.installed}
            found.append((cards.flavor.name, f"{cards.flavor} · {free}"))
    return [("", _("No GPU")), *_with(chosen, found)]


def target_names(namespace: Namespace | None) -> tuple[str, ...]:
    """The fields of the metrics by which the cluster can scale."""
    return TARGETS[offer_of(namespace.cluster).serving.mode] if namespace else TARGETS["Standard"]


def pace_names(namespace: Namespace | None) -> tuple[str, ...]:
    """The fields of the pace that the cluster can keep."""
    return PACES[offer_of(namespace.cluster).serving.mode] if namespace else PACES["Standard"]
