"""Sentences that numbers and observations add to a saying: who holds the GPUs, what the quota says by now, which limit was reached."""

from collections.abc import Callable, Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diagnosis.case import Case
from diagnosis.messages import Fact
from diagnosis.security import in_plain_words
from kube.quantities import QuantityError, format_bytes, parse

MOST_HOLDERS = 6


def details(fact: Fact, case: Case) -> list[str]:
    """What is known beyond the fact itself, in the reader's language; from the message and the database only."""
    add = DETAILS.get(fact.code)
    return list(add(fact, case)) if add else []


def _devices(fact: Fact, case: Case) -> Iterator[str]:
    resource = fact.values["resource"]
    pod = case.pod
    if asked := pod.requests.get(resource) if pod else None:
        yield _("It asks for %(asked)s.") % {"asked": asked}
    seen = case.evidence.devices(resource, pod.node_selector if pod else {})
    words = {"installed": seen.installed, "nodes": seen.nodes, "held": seen.held, "resource": resource}
    if not seen.installed:
        yield (
            _("No node of this kind has any: waiting does not help.")
            if seen.kind
            else _("No node of the cluster has any: waiting does not help.")
        )
        return
    where = _("The nodes of this kind have %(installed)s") if seen.kind else _("The cluster has %(installed)s")
    yield where % words + ", " + (_held(seen.holders, case) or _("and no pod that can be seen from here holds one")) + "."
    if seen.away:
        yield _("%(away)s of them are on nodes that take no pods now.") % {"away": seen.away}


def _held(holders: Mapping[str, int], case: Case) -> str:
    shown, others = case.evidence.named(holders)
    if not shown and not others:
        return ""
    few, rest = list(shown.items())[:MOST_HOLDERS], sum(list(shown.values())[MOST_HOLDERS:]) + others
    parts = [f"{name} {count}" for name, count in few]
    if rest:
        parts.append(ngettext("%(count)s in namespaces of others", "%(count)s in namespaces of others", rest) % {"count": rest})
    return _("held by: %(holders)s") % {"holders": ", ".join(parts)}


def _quota(fact: Fact, case: Case) -> Iterator[str]:
    hard, used = case.evidence.quotas.get(fact.values["quota"], ({}, {}))
    for amount in fact.amounts:
        words = {"resource": amount.resource, "asked": amount.requested, "used": amount.used, "most": amount.limited}
        yield _("%(resource)s: it asks for %(asked)s, and %(used)s of %(most)s were used.") % words
    if fact.amounts and all(_fits_now(each.requested, used.get(each.resource), hard.get(each.resource)) for each in fact.amounts):
        yield _("By now there is room again: it is tried once more by itself.")


def _fits_now(asked: str, used: str | None, most: str | None) -> bool:
    try:
        return used is not None and most is not None and parse(asked) + parse(used) <= parse(most)
    except QuantityError:
        return False


def _memory(fact: Fact, case: Case) -> Iterator[str]:
    limit = fact.values.get("limit", "")
    yield _("Its limit is %(limit)s.") % {"limit": format_bytes(int(limit))} if limit.isdigit() else _("It has no memory limit of its own.")
    yield from _times(fact, case)


def _times(fact: Fact, case: Case) -> Iterator[str]:
    if (times := fact.values.get("times", "")).isdigit() and int(times):
        yield ngettext("It was started again %(count)s time.", "It was started again %(count)s times.", int(times)) % {"count": int(times)}


def _rights(fact: Fact, case: Case) -> Iterator[str]:
    for violation in fact.parts:
        yield in_plain_words(violation)


def _probe(fact: Fact, case: Case) -> Iterator[str]:
    ways = {
        "status": _("It answers with the status %(status)s."),
        "refused": _("Nothing listens at %(address)s yet."),
        "slow": _("It does not answer in time."),
        "command": _("The command that asks it fails."),
    }
    if way := ways.get(fact.values.get("way", "")):
        yield way % fact.values


def _memory_of_node(fact: Fact, case: Case) -> Iterator[str]:
    if fact.values.get("used"):
        yield _("“%(container)s” used %(used)s and had asked for %(request)s.") % fact.values


def _place(fact: Fact, case: Case) -> Iterator[str]:
    if fact.values.get("place"):
        yield _("The place: %(place)s") % fact.values


def _selector(fact: Fact, case: Case) -> Iterator[str]:
    if case.pod and case.pod.node_selector:
        labels = ", ".join(f"{key}={value}" for key, value in sorted(case.pod.node_selector.items()))
        yield _("It selects nodes with: %(labels)s.") % {"labels": labels[:300]}


Add = Callable[[Fact, Case], Iterator[str]]
DETAILS: dict[str, Add] = {
    "gpu-short": _devices,
    "device-short": _devices,
    "quota-full": _quota,
    "oom-killed": _memory,
    "pod-security": _rights,
    "evicted-memory": _memory_of_node,
    "model-not-found": _place,
    "node-selector": _selector,
    **dict.fromkeys(("probe-startup", "probe-readiness", "probe-liveness"), _probe),
    **dict.fromkeys(
        (
            "exit-error",
            "exit-done",
            "exit-not-found",
            "exit-not-executable",
            "exit-killed",
            "exit-segfault",
            "exit-aborted",
            "exit-instruction",
            "exit-terminated",
        ),
        _times,
    ),
}
