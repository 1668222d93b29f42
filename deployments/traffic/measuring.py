"""One measurement of a rollout: looks at the pods, reads counters from the first source that the cluster has, and adds them up."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from clusters.serving import ClusterServing, serving_of
from deployments.gathering import facts_of
from deployments.models import ModelDeployment, Rollout
from deployments.queries import services_of
from deployments.traffic import figures, servers
from deployments.traffic.ingress import read_ingress
from deployments.traffic.period import Period, Seen
from deployments.traffic.pods import SeenPod, pods_of
from deployments.traffic.sides import NAMES, Name, Side, sides_of
from deployments.traffic.trouble import Trouble, look_at
from kube.connect import Api
from kube.deadline import Deadline
from metrics.servers.names import Names
from metrics.servers.reading import Reading
from reconcile.clock import database_now

INGRESS, SERVERS = "ingress", "servers"
# What is left of an attempt's time for its record.
RESERVE_SECONDS, LONGEST_SECONDS = 2.0, 6.0
# An ingress that tells nothing for so long is given up as the source; counting begins anew with the next one.
PATIENCE_SECONDS = 60.0
# Looks that are further apart than so many of their distances have a time between them in which nobody looked.
LOOKS = 3
MOST_INGRESSES = 20


@dataclass(frozen=True)
class Measured:
    """What is to be recorded: `figures` for readers, `counters` for the next measurement, and where the numbers come from in words."""

    figures: dict[str, Any]
    counters: dict[str, Any]
    reason: str
    message: str


@dataclass(frozen=True)
class Scene:
    """What one measurement works with."""

    api: Api
    serving: ClusterServing
    namespace: str
    sides: tuple[Side, Side]
    pods: list[SeenPod]
    at: dt.datetime
    deadline: Deadline


def measure(rollout: Rollout, api: Api, deadline: Deadline) -> Measured | None:
    """Measures both sides; None when the candidate is gone meanwhile. Raises KubeError when the API server does not answer."""
    deployment, at = rollout.deployment, database_now()
    sides = _sides(deployment)
    if sides is None:
        return None
    own = Deadline(min(LONGEST_SECONDS, deadline.remaining() - RESERVE_SECONDS))
    namespace = deployment.namespace.name
    scene = Scene(api, serving_of(deployment.cluster), namespace, sides, pods_of(api, namespace, sides, own), at, own)
    before = rollout.counters
    trouble = Trouble.load(before.get("trouble")).after(look_at(scene.pods, expected=_expected(deployment, scene)), _elapsed(before, at))
    counters = {"trouble": trouble.dump(), "looked_at": at.isoformat()}
    # Whoever changes the share empties the figures: what was counted under another share is not taken on.
    period = Period.load(before["period"]) if rollout.figures.get("source") and before.get("period") else None
    if period is None:
        return _begin(scene, counters)
    if period.source == INGRESS:
        return _go_on_with_ingress(scene, period, counters, before)
    return _with_servers(scene, period, counters, servers.ask(api, namespace, scene.pods, own))


def _sides(deployment: ModelDeployment) -> tuple[Side, Side] | None:
    facts = facts_of(deployment)
    if facts.candidate is None:
        return None
    service = services_of(deployment).filter(name=deployment.name).first()
    return sides_of(facts, facts.candidate, (service.body.get("status") or {}) if service else {})


def _expected(deployment: ModelDeployment, scene: Scene) -> bool:
    """Whether the candidate has been asked for, and not down to nought."""
    asked = deployment.settled or deployment.state == "failed"
    candidate = scene.sides[1]
    return asked and (candidate.variant.spec.scaling.minimum > 0 or any(pod.side == candidate.name for pod in scene.pods))


def _elapsed(before: dict[str, Any], at: dt.datetime) -> float:
    if not before.get("looked_at"):
        return 0.0
    passed = (at - dt.datetime.fromisoformat(before["looked_at"])).total_seconds()
    return max(0.0, min(passed, LOOKS * settings.SLIPWAY["ROLLOUT_SECONDS"]))


def _begin(scene: Scene, counters: dict[str, Any]) -> Measured:
    """The first source that answers is the period's to its end: counters of different sources cannot be added."""
    found = read_ingress(scene.api, scene.serving, scene.namespace, scene.sides, scene.deadline)
    if not isinstance(found, str):
        return _with_ingress(scene, Period(scene.at, INGRESS), counters, found)
    told = servers.ask(scene.api, scene.namespace, scene.pods, scene.deadline)
    if any(answer.reading for answer in told):
        return _with_servers(scene, Period(scene.at, SERVERS), counters, told, begins=True)
    why = f"No source: {found}; {_why_silent(told)}."
    return Measured(figures.of_nothing(scene.at, why, scene.pods), counters, "NoSource", why)


def _go_on_with_ingress(scene: Scene, period: Period, counters: dict[str, Any], before: dict[str, Any]) -> Measured:
    found = read_ingress(scene.api, scene.serving, scene.namespace, scene.sides, scene.deadline)
    if not isinstance(found, str):
        return _with_ingress(scene, period, counters, found)
    since = dt.datetime.fromisoformat(before.get("silent_since") or scene.at.isoformat())
    if (scene.at - since).total_seconds() > PATIENCE_SECONDS:
        return _begin(scene, counters)
    # What comes meanwhile is in the ingress's counters when it tells them again.
    counters |= {"period": period.dump(), "silent_since": since.isoformat()}
    told = figures.of_period(period, scene.at, scene.pods, why=found)
    return Measured(told, counters, "SourceSilent", found)


def _with_ingress(scene: Scene, period: Period, counters: dict[str, Any], found: dict[str, Reading]) -> Measured:
    """Each of its processes counts for itself, and which one answers is chance: those that did not are kept."""
    now = [Seen(f"{found[name].started:.2f}/{name}", name, found[name]) for name in NAMES]
    here = {process.key for process in now}
    others = sorted((key for key in period.known if key not in here), reverse=True)[: MOST_INGRESSES * len(NAMES)]
    period.take_in([*now, *(Seen(key, _side_of(key), None) for key in others)])
    counters["period"] = period.dump()
    return Measured(figures.of_period(period, scene.at, scene.pods), counters, "Measured", _counted(period))


def _with_servers(scene: Scene, period: Period, counters: dict[str, Any], told: list[servers.Told], *, begins: bool = False) -> Measured:
    """A pod that is new since the period began has counted nothing before it; of one that was there, only a reading tells."""
    period.take_in(Seen(each.pod.uid, each.pod.side, each.reading, each.pod.untouched if begins else True) for each in told)
    counters["period"] = period.dump()
    made = figures.of_period(period, scene.at, scene.pods, told, names=_names(told))
    return Measured(made, counters, "Measured", _counted(period))


def _side_of(key: str) -> Name:
    return "stable" if key.endswith("/stable") else "candidate"


def _names(told: Iterable[servers.Told]) -> dict[Name, Names]:
    return {answer.pod.side: answer.names for answer in told if answer.names}


def _why_silent(told: list[servers.Told]) -> str:
    return f"{told[0].pod.name}: {told[0].why}" if told else "there are no pods to ask"


def _counted(period: Period) -> str:
    stable, candidate = (period.totals[name].requests for name in NAMES)
    return f"{stable or 0} requests to the stable side, {candidate or 0} to the candidate, by the {period.source}"
