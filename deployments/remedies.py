"""What a deployment's own form can do about a pod that does not run: links to it, filled in with what would help."""

import re
from collections.abc import Callable, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from clusters.cards import flavor_cards
from deployments.checks.repairs import fewer, repaired
from deployments.checks.subject import Subject
from deployments.models import ModelDeployment
from deployments.policies import may_operate
from deployments.queries import LABEL, deployments_seen_by, last_good, pods_of
from deployments.wish import DeploymentWish
from diagnosis.case import Case
from diagnosis.explanation import Solution
from diagnosis.messages import Fact
from kube.quantities import bytes_of, cpu_millicores, format_bytes, format_cpu
from tenants.headroom import container_limits, headroom

# KServe calls what it makes after the deployment, or after one of its revisions.
OF = r"^(?P<name>[a-z0-9][a-z0-9-]*?)(-r[0-9]+)?(-predictor.*)?$"
LONGEST_START = 3600


def remedies(fact: Fact, case: Case, user: User) -> Iterator[Solution]:
    """For whom may change the deployment that it is about; nothing for anything else."""
    remedy = REMEDIES.get(fact.code)
    row = _deployment(case, user) if remedy else None
    if remedy and row and row.revision and not row.deletion_requested_at and may_operate(user, row):
        yield from remedy(fact, case, _subject(row))


def _deployment(case: Case, user: User) -> ModelDeployment | None:
    told = case.pod.labels.get(LABEL) if case.pod else case.name
    names = [name for name in (str(told or ""), _stem(str(told or ""))) if name]
    where = {"cluster": case.evidence.cluster, "namespace__name": case.evidence.namespace, "deleted_at__isnull": True}
    return deployments_seen_by(user).filter(**where, name__in=names).order_by("-name").first() if names else None


def _stem(name: str) -> str:
    found = re.match(OF, name)
    return found["name"] if found else ""


def _subject(row: ModelDeployment) -> Subject:
    assert row.revision is not None  # noqa: S101 - asked by the caller
    wish = DeploymentWish(row.cluster.name, row.namespace.name, row.name, row.revision.spec, follows=row.follows)
    return Subject(row.namespace, wish, row, row.revision.model_version)


def _more_memory(fact: Fact, case: Case, subject: Subject) -> Iterator[Solution]:
    """Twice as much, or what LimitRange and quota leave."""
    limit = subject.spec.size.memory_limit
    room = headroom(subject.namespace).get("limits.memory")
    replicas = max(1, subject.spec.scaling.minimum)
    bounds = [container_limits(subject.namespace).maximum.get("memory"), limit + room.free // replicas if room else None]
    most = min([2 * limit, *(bound for bound in bounds if bound is not None)])
    # Whole mebibytes: a quota's rest may be any number.
    most -= most % 2**20
    if most > limit:
        words = _("Give it %(most)s of memory") % {"most": format_bytes(most)}
        yield Solution(_("Its form can be filled in with more memory."), words, repaired(subject, memory_limit=format_bytes(most)))
    else:
        yield Solution(_("Quota and limits of the namespace leave no room for more memory."))


def _other_cards(fact: Fact, case: Case, subject: Subject) -> Iterator[Solution]:
    """Another flavor that has as many free, else fewer replicas."""
    size, quota = subject.spec.size, subject.namespace.quota.gpus
    needed = size.gpus * max(1, subject.spec.scaling.minimum)
    for cards in flavor_cards(subject.namespace.cluster):
        left = min(cards.free, quota.get(cards.flavor.name, 0) - cards.holders.get(subject.namespace.name, 0))
        if size.gpus and cards.flavor.name != size.flavor and left >= needed and cards.flavor.is_usable_by(subject.namespace.team):
            words = _("Take %(flavor)s: %(free)s are free") % {"flavor": cards.flavor, "free": left}
            yield Solution(_("Another kind of GPU has enough free."), words, repaired(subject, flavor=cards.flavor.name))
            return
    yield from _as_many_as_run(fact, case, subject)


def _as_many_as_run(fact: Fact, case: Case, subject: Subject) -> Iterator[Solution]:
    """What is there fits; what is not made does not."""
    assert subject.standing is not None  # noqa: S101 - every remedy is about one that stands
    there = pods_of(subject.standing).active().exclude(node="").count()
    if 0 < there < subject.spec.scaling.minimum:
        words = ngettext("Take %(count)s replica", "Take %(count)s replicas", there) % {"count": there}
        yield Solution(_("As many replicas as run now fit."), words, fewer(subject, there))
    else:
        yield from _change(fact, case, subject)


def _longer_start(fact: Fact, case: Case, subject: Subject) -> Iterator[Solution]:
    longer = min(LONGEST_START, 2 * subject.spec.startup_seconds)
    if longer > subject.spec.startup_seconds:
        words = _("Give it %(seconds)s seconds to start") % {"seconds": longer}
        yield Solution(_("Its form can be filled in with more time."), words, repaired(subject, startup_seconds=longer))


def _smaller(fact: Fact, case: Case, subject: Subject) -> Iterator[Solution]:
    """What a LimitRange allows."""
    bound, name = fact.values.get("bound", ""), fact.values.get("resource", "")
    if name not in ("cpu", "memory") or fact.values.get("kind") != "Container":
        return
    request = getattr(subject.spec.size, f"{name}_request")
    most = min(request, bytes_of(bound) if name == "memory" else cpu_millicores(bound))
    written = format_bytes(most) if name == "memory" else format_cpu(most)
    url = repaired(subject, **{f"{name}_limit": bound, f"{name}_request": written})
    yield Solution(_("Its form can be filled in with what is allowed."), _("Set its limit to %(bound)s") % {"bound": bound}, url)


def _change(fact: Fact, case: Case, subject: Subject) -> Iterator[Solution]:
    yield Solution(_("What it asks for stands in its form."), _("Change the deployment"), repaired(subject))


def _earlier(fact: Fact, case: Case, subject: Subject) -> Iterator[Solution]:
    assert subject.standing is not None  # noqa: S101 - every remedy is about one that stands
    if last_good(subject.standing):
        where = reverse("deployment_tab", args=[subject.standing.pk, "revisions"])
        yield Solution(_("A revision before this one has served."), _("Choose an earlier revision"), where)
    yield from _change(fact, case, subject)


Remedy = Callable[[Fact, Case, Subject], Iterator[Solution]]
REMEDIES: dict[str, Remedy] = {
    "oom-killed": _more_memory,
    "gpu-short": _other_cards,
    "quota-full": _as_many_as_run,
    "limit-maximum": _smaller,
    "probe-startup": _longer_start,
    **dict.fromkeys(("cpu-short", "memory-short", "node-selector", "claim-missing", "claim-unbound", "volume-busy", "gpu-memory"), _change),
    **dict.fromkeys(("image-not-found", "image-denied", "image-name", "command-missing", "command-refused", "exit-not-found"), _change),
    **dict.fromkeys(("config-secret-missing", "config-configmap-missing", "config-key-missing", "no-runtime"), _change),
    **dict.fromkeys(("model-not-found", "model-unreadable", "model-module-missing", "model-load-failed", "exit-error"), _earlier),
}
