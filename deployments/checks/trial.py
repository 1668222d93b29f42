"""Whether a candidate can stand beside what serves."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from deployments.checks.finding import Finding
from deployments.checks.subject import Subject
from deployments.gathering import facts_for_plan
from deployments.manifests.inheritance import obstacles


def check(subject: Subject) -> Iterator[Finding]:
    """Something serves, the share is one, the cluster can split requests, and both sides fit beside each other."""
    trial = subject.wish.trial
    if trial is None:
        return
    if not 0 <= trial.share <= 100:
        yield Finding("share", "wrong", _("A share goes from 0 to 100 percent."), field="share")
    if subject.stands is None:
        message = _("Nothing serves yet that a candidate could stand beside. Let this one serve at once.")
        yield Finding("no_stable", "wrong", message, field="share")
    elif subject.offer.no_splitting:
        message = _("A candidate is not available on %(cluster)s, because %(why)s")
        words = {"cluster": subject.namespace.cluster, "why": subject.offer.no_splitting}
        yield Finding("no_splitting", "wrong", message % words, field="share")
    elif subject.offer.installed:
        yield from _beside(subject)


def _beside(subject: Subject) -> Iterator[Finding]:
    found = obstacles(facts_for_plan(subject.namespace, subject.wish, subject.standing))
    for code in found:
        yield Finding(f"canary_{code}", "wrong", words_of(code), field="share")


def words_of(code: str) -> str:
    """What an obstacle means and what to do instead."""
    return {
        "splitting": _("This cluster cannot split requests. Let the revision serve at once."),
        "protocol": _("Both sides must speak the same protocol, or half of the requests fail. Let the revision serve at once."),
        "source": _("A custom image and a model from storage cannot stand side by side here. Let the revision serve at once."),
        "runtime": _("Another runtime cannot be tried beside the one that serves here. Let the revision serve at once."),
        "runtime_class": _("Without the runtime class of what serves, it cannot be tried beside it. Let the revision serve at once."),
    }.get(code, code)
