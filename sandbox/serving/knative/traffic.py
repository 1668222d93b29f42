"""Which revision gets what share: pure functions from the spec and what was before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sandbox.serving.names import Object

PREVIOUS = "prev"


@dataclass(frozen=True)
class Rollout:
    """The part of a component's status that tells of revisions; `traffic` is where requests really go."""

    created: str = ""
    ready: str = ""
    rolled_out: str = ""
    previous: str = ""
    traffic: Sequence[Object] = field(default_factory=list)

    @property
    def routed(self) -> set[str]:
        """Every revision that traffic names, be its share zero."""
        return {each["revisionName"] for each in self.traffic}


def read(component: Object) -> Rollout:
    """As a former status has it."""
    created, ready = component.get("latestCreatedRevision") or "", component.get("latestReadyRevision") or ""
    rolled_out, previous = component.get("latestRolledoutRevision") or "", component.get("previousRolledoutRevision") or ""
    return Rollout(created, ready, rolled_out, previous, component.get("traffic") or [])


def write(rollout: Rollout) -> Object:
    """As the status shows it."""
    shown = {
        "latestCreatedRevision": rollout.created,
        "latestReadyRevision": rollout.ready,
        "latestRolledoutRevision": rollout.rolled_out,
        "previousRolledoutRevision": rollout.previous,
    }
    return {key: value for key, value in shown.items() if value} | ({"traffic": list(rollout.traffic)} if rollout.traffic else {})


def asked(percent: int | None, ready: str, rolled_out: str) -> list[Object]:
    """The traffic that the spec asks for: all to the latest ready revision, or that percentage of it and the rest to the one before."""
    if not ready:
        return []
    if percent is None or not rolled_out or percent >= 100:
        return [{"latestRevision": True, "percent": 100, "revisionName": ready}]
    rest = {"latestRevision": False, "percent": 100 - percent, "revisionName": rolled_out, "tag": PREVIOUS}
    return [{"latestRevision": True, "percent": percent, "revisionName": ready}, rest]


def advance(before: Rollout, created: str, available: Collection[str], percent: int | None) -> tuple[Rollout, set[str]]:
    """The rollout as it is now, and every revision that must have pods.

    Traffic moves only when all that it names are available; until then it stays, as a Knative route has it.
    """
    ready = created if created in available else before.ready
    wanted = asked(percent, ready, before.rolled_out)
    moves = all(each["revisionName"] in available for each in wanted)
    traffic = wanted if moves else before.traffic
    now = Rollout(created, ready, before.rolled_out, before.previous, traffic)
    needed = {each["revisionName"] for each in wanted} | now.routed | {created}
    return (_rolled_out(now) if moves else now), needed


def _rolled_out(now: Rollout) -> Rollout:
    """What was rolled out to all, and what before that: so that a rollback finds its way."""
    latest: Object = next((each for each in now.traffic if each.get("latestRevision")), {})
    name, percent = latest.get("revisionName", ""), latest.get("percent", 0)
    if not name:
        return now
    if name != now.rolled_out:
        if percent < 100:
            return now
        return Rollout(now.created, now.ready, name, now.rolled_out, now.traffic)
    # It was rolled out to all, and is taken back now: the one before it is the good one again.
    total = sum(each["percent"] for each in now.traffic if each["revisionName"] == name)
    if now.ready == now.created and percent < 100 and total == 100 and now.previous:
        return Rollout(now.created, now.ready, now.previous, now.previous, now.traffic)
    return now
