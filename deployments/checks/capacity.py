"""Whether it would find room: the namespace's quota and limits, the pods of a change side by side, free cards of the flavor."""

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clusters.cards import flavor_cards
from clusters.models import GpuFlavor
from deployments.checks.finding import Finding
from deployments.checks.repairs import fewer, repaired
from deployments.checks.subject import Subject
from deployments.footprint import NOTHING, Footprint, in_words, of_pod, of_replicas, of_surge
from deployments.spec import DeploymentSpec
from tenants.headroom import container_limits, headroom


def check(subject: Subject) -> Iterator[Finding]:
    """Every shortage, each with what would end it."""
    yield from _limits(subject)
    yield from _quota(subject)
    yield from _cards(subject)


def _limits(subject: Subject) -> Iterator[Finding]:
    size, allowed = subject.spec.size, container_limits(subject.namespace)
    for name, asked in (("cpu", size.cpu_limit), ("memory", size.memory_limit)):
        most = allowed.maximum.get(name)
        if most is not None and asked > most:
            message = _("A container may have at most %(most)s of %(name)s in %(namespace)s, by its LimitRange; it asks for %(asked)s.")
            words = {"most": in_words(name, most), "asked": in_words(name, asked), "name": name}
            yield Finding("limit_range", "wrong", message % {**words, "namespace": subject.namespace.name}, field=f"{name}_limit")


def _quota(subject: Subject) -> Iterator[Finding]:
    rooms = headroom(subject.namespace)
    held, wanted, surge = _held(subject), _wanted(subject), _surge(subject)
    free = {name: room.free + held.amounts.get(name, 0) for name, room in rooms.items()}
    for name, left in free.items():
        asked = wanted.amounts.get(name, 0)
        if asked > left:
            yield _too_little(subject, name, asked, free)
        elif asked + surge.amounts.get(name, 0) > left:
            yield _no_surge(subject, name, asked + surge.amounts.get(name, 0) - left)


def _resource(subject: Subject) -> str:
    return subject.flavor.resource_name if subject.flavor else ""


def _held(subject: Subject) -> Footprint:
    """What this deployment holds of the quota already, and would give back."""
    stands = subject.stands
    if stands is None or subject.standing is None or subject.standing.paused:
        return NOTHING
    return of_replicas(stands, _resource(subject))


def _wanted(subject: Subject) -> Footprint:
    wanted = of_replicas(subject.spec, _resource(subject))
    return wanted + _held(subject) if subject.wish.trial else wanted


def _surge(subject: Subject) -> Footprint:
    """Beside a candidate nothing is replaced, and what is new replaces nothing."""
    if subject.stands is None or subject.wish.trial or not _restarts(subject.stands, subject.spec):
        return NOTHING
    return of_surge(subject.spec, _resource(subject))


def _restarts(old: DeploymentSpec, new: DeploymentSpec) -> bool:
    """Whether the change replaces pods: how many there are, and who reaches them, does not."""
    return replace(old, scaling=new.scaling, exposure=new.exposure, min_available=new.min_available) != new


def _too_little(subject: Subject, name: str, asked: int, free: dict[str, int]) -> Finding:
    message = _(
        "%(namespace)s has %(free)s of %(name)s free; this needs %(asked)s. It would wait as pending. Ask for at most what is free, or let "
        "a platform administrator raise the quota by %(missing)s: that cannot be asked for here."
    )
    amounts = {"free": free[name], "asked": asked, "missing": asked - free[name]}
    words = {"namespace": subject.namespace.name, "name": name, **{key: in_words(name, amount) for key, amount in amounts.items()}}
    pod = of_pod(subject.spec, _resource(subject)).amounts
    fit = min(free[each] // pod[each] for each in free if pod.get(each))
    return Finding("quota", "blocks", message % words, "", *_fewer(subject, fit))


def _fewer(subject: Subject, fit: int) -> tuple[str, str]:
    """(words, address) of the same with as many replicas as fit; empty where none does."""
    if subject.wish.trial or not 0 < fit < subject.spec.scaling.minimum:
        return "", ""
    return ngettext("Take %(count)s replica", "Take %(count)s replicas", fit) % {"count": fit}, fewer(subject, fit)


def _no_surge(subject: Subject, name: str, missing: int) -> Finding:
    message = _(
        "While old and new pods run together, %(missing)s of %(name)s are missing in %(namespace)s: the change would hang. "
        "Choose “recreate” (short interruption), or let a platform administrator raise the quota by that much: that cannot be asked for "
        "here."
    )
    words = {"namespace": subject.namespace.name, "name": name, "missing": in_words(name, missing)}
    return Finding("surge", "blocks", message % words, "strategy", _("Choose “recreate”"), repaired(subject, strategy="recreate"))


def _cards(subject: Subject) -> Iterator[Finding]:
    flavor, size = subject.flavor, subject.spec.size
    if flavor is None or not size.gpus:
        return
    if not flavor.is_usable_by(subject.namespace.team):
        message = _(
            "%(flavor)s is shared, and your team is not among those who trust each other on it. Choose another flavor, or ask an admin."
        )
        yield Finding("not_trusted", "wrong", message % {"flavor": flavor}, field="flavor")
        return
    if flavor.shared:
        yield Finding("shared", "warns", flavor.sharing_note, field="flavor")
    cards = next(cards for cards in flavor_cards(subject.namespace.cluster) if cards.flavor == flavor)
    needed = _needed(subject)
    if needed > cards.free:
        message = _("%(needed)s more cards of %(flavor)s are needed, and %(free)s are free now. It would wait until some are given back.")
        words = {"needed": needed, "flavor": flavor, "free": cards.free}
        yield Finding("cards", "blocks", message % words, "gpus", *_on_fewer_cards(subject, flavor, cards.free))
    yield from _granted(subject, flavor, needed, cards.holders.get(subject.namespace.name, 0))


def _granted(subject: Subject, flavor: GpuFlavor, needed: int, used: int) -> Iterator[Finding]:
    """What the cluster's quota cannot say: it holds one number for all the flavors of a resource name."""
    namespace, granted = subject.namespace, subject.namespace.quota.gpus.get(flavor.name, 0)
    others = GpuFlavor.objects.filter(cluster=namespace.cluster, resource_name=flavor.resource_name).exclude(account=flavor.account)
    if needed > granted - used and others.exists():
        message = _(
            "%(namespace)s has %(granted)s cards of %(flavor)s granted and uses %(used)s; this needs %(needed)s more. Ask for fewer, or "
            "let a platform administrator raise the quota: that cannot be asked for here."
        )
        words = {"namespace": namespace.name, "granted": granted, "flavor": flavor, "used": used, "needed": needed}
        yield Finding("granted", "blocks", message % words, "flavor", *_on_fewer_cards(subject, flavor, granted - used))


def _needed(subject: Subject) -> int:
    """Cards beyond those that it holds already and would give back."""
    stands, spec = subject.stands, subject.spec
    held = stands.size.gpus * max(stands.scaling.minimum, 1) if stands and _holds(subject) and not subject.wish.trial else 0
    return spec.size.gpus * max(spec.scaling.minimum, 1) - held


def _on_fewer_cards(subject: Subject, flavor: GpuFlavor, left: int) -> tuple[str, str]:
    """Another flavor that has them, else as many replicas as what is left serves, with what it holds itself."""
    held = subject.spec.scaling.minimum * subject.spec.size.gpus - _needed(subject)
    return _other_flavor(subject, flavor) or _fewer(subject, (left + held) // subject.spec.size.gpus)


def _other_flavor(subject: Subject, flavor: GpuFlavor) -> tuple[str, str] | None:
    """(words, address) of the same on another flavor that has as many cards free, granted here and in the cluster."""
    namespace, spec = subject.namespace, subject.spec
    usable = set(GpuFlavor.objects.usable_by(namespace.team).exclude(pk=flavor.pk).values_list("pk", flat=True))
    needed, granted = spec.size.gpus * max(spec.scaling.minimum, 1), namespace.quota.gpus
    for cards in flavor_cards(namespace.cluster):
        left = min(cards.free, granted.get(cards.flavor.name, 0) - cards.holders.get(namespace.name, 0))
        if cards.flavor.pk in usable and left >= needed:
            words = _("Take %(flavor)s: %(free)s are free") % {"flavor": cards.flavor, "free": left}
            return words, repaired(subject, flavor=cards.flavor.name)
    return None


def _holds(subject: Subject) -> bool:
    stands = subject.stands
    return bool(stands and stands.size.flavor == subject.spec.size.flavor and subject.standing and not subject.standing.paused)
