"""Whether it would find room: the namespace's quota and limits, the pods of a change side by side, free cards of the flavor."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from clusters.cards import flavor_cards
from clusters.models import GpuFlavor
from deployments.checks.finding import Finding
from deployments.checks.subject import Subject
from deployments.footprint import NOTHING, Footprint, in_words, of_pod, of_replicas, of_surge
from deployments.spec import DeploymentSpec
from tenants.headroom import container_limits, headroom


def check(subject: Subject) -> Iterator[Finding]:
    """Every shortage, each with the request that would end it."""
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
    for name, room in rooms.items():
        free, asked = room.free + held.amounts.get(name, 0), wanted.amounts.get(name, 0)
        if asked > free:
            yield _too_little(subject, name, asked, free, asked - free)
        elif asked + surge.amounts.get(name, 0) > free:
            yield _no_surge(subject, name, asked + surge.amounts.get(name, 0) - free)


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


def _too_little(subject: Subject, name: str, asked: int, free: int, missing: int) -> Finding:
    message = _("%(namespace)s has %(free)s of %(name)s free; this needs %(asked)s. It would wait as pending.")
    words = {"namespace": subject.namespace.name, "name": name, "free": in_words(name, free), "asked": in_words(name, asked)}
    return Finding("quota", "blocks", message % words, repair=_("Ask for what is missing"), repair_url=_more(subject, name, missing))


def _no_surge(subject: Subject, name: str, missing: int) -> Finding:
    message = _(
        "While old and new pods run together, %(missing)s of %(name)s are missing in %(namespace)s: the change would hang. "
        "Choose “recreate” (short interruption), or ask for that much more for a while."
    )
    words = {"namespace": subject.namespace.name, "name": name, "missing": in_words(name, missing)}
    return Finding("surge", "blocks", message % words, "strategy", _("Ask for it for a while"), _more(subject, name, missing))


def _more(subject: Subject, name: str, missing: int) -> str:
    """Where a namespace with what is missing is asked for; quota changes of a standing namespace will have a form of their own."""
    size, pod = subject.spec.size, of_pod(subject.spec, _resource(subject))
    query = {
        "team": subject.namespace.team.name,
        "cluster": subject.namespace.cluster.name,
        "cpu": in_words("cpu", pod.amounts["limits.cpu"] * subject.spec.scaling.maximum),
        "memory": in_words("memory", pod.amounts["limits.memory"] * subject.spec.scaling.maximum),
        "justification": _("For the deployment %(name)s: %(missing)s of %(resource)s are missing in %(namespace)s.")
        % {"name": subject.wish.name, "missing": in_words(name, missing), "resource": name, "namespace": subject.namespace.name},
    }
    if size.flavor:
        query[f"gpu_{size.flavor}"] = str(size.gpus * subject.spec.scaling.maximum)
    return f"{reverse('namespace_new')}?{urlencode(query)}"


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
    held = subject.stands.size.gpus * max(subject.stands.scaling.minimum, 1) if _holds(subject) and subject.stands else 0
    needed = size.gpus * max(subject.spec.scaling.minimum, 1) - (0 if subject.wish.trial else held)
    if needed > cards.free:
        message = _("%(needed)s more cards of %(flavor)s are needed, and %(free)s are free now. It would wait until some are given back.")
        yield Finding("cards", "blocks", message % {"needed": needed, "flavor": flavor, "free": cards.free}, field="gpus")
    yield from _granted(subject, flavor, needed, cards.holders.get(subject.namespace.name, 0))


def _granted(subject: Subject, flavor: GpuFlavor, needed: int, used: int) -> Iterator[Finding]:
    """What the cluster's quota cannot say: it holds one number for all the flavors of a resource name."""
    namespace, granted = subject.namespace, subject.namespace.quota.gpus.get(flavor.name, 0)
    others = GpuFlavor.objects.filter(cluster=namespace.cluster, resource_name=flavor.resource_name).exclude(account=flavor.account)
    if needed > granted - used and others.exists():
        message = _("%(namespace)s has %(granted)s cards of %(flavor)s granted and uses %(used)s; this needs %(needed)s more.")
        words = {"namespace": namespace.name, "granted": granted, "flavor": flavor, "used": used, "needed": needed}
        repair_url = _more(subject, str(flavor), needed - max(granted - used, 0))
        yield Finding("granted", "blocks", message % words, "flavor", _("Ask for what is missing"), repair_url)


def _holds(subject: Subject) -> bool:
    stands = subject.stands
    return bool(stands and stands.size.flavor == subject.spec.size.flavor and subject.standing and not subject.standing.paused)
