"""Small things that the page of a deployment shows: its pods with their side, KServe's conditions, where it answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from audit.models import Entry
from clusters.models import Pod
from deployments.addresses import address_of
from deployments.endings import how_it_ended
from deployments.gathering import facts_of
from deployments.health import Seen
from deployments.manifests.names import names_predictors
from deployments.models import ModelDeployment, Rollout
from deployments.queries import last_of_following, named_by
from deployments.traffic.sides import sides_of
from diagnosis.explanation import Explanation
from metrics.latest import Use, latest


@dataclass(frozen=True)
class SeenPod:
    """A pod, what it uses, what keeps it from its work, and the number of the revision that it runs; 0 while that cannot be told."""

    pod: Pod
    uses: list[Use]
    reasons: list[Explanation]
    revision: int
    candidate: bool = False

    @property
    def ended(self) -> str:
        """How its container ended last, which may run again by now; empty if none did."""
        return how_it_ended(self.pod.last_exit)


def pods_of_sides(row: ModelDeployment, seen: Seen, reasons: Mapping[int, list[Explanation]]) -> list[SeenPod]:
    """Its pods; `reasons`, by their keys, why those that do not run do not."""
    whose, uses = _sides(row, seen), latest(seen.pods)
    return [SeenPod(pod, uses[pod.pk], reasons.get(pod.pk, []), *whose(pod)) for pod in seen.pods]


def _sides(row: ModelDeployment, seen: Seen) -> Any:
    if row.revision is None or row.deleted_at:
        return lambda pod: (0, False)
    facts = facts_of(row)
    if facts.candidate is None:
        return lambda pod: (facts.stable.number, False)
    status = next((body.get("status") or {} for body in seen.services), {})
    sides = sides_of(facts, facts.candidate, status)

    def whose(pod: Pod) -> tuple[int, bool]:
        side = next((side for side in sides if side.owns(pod.labels, pod.name)), None)
        return (side.variant.number, side.name == "candidate") if side else (0, False)

    return whose


@dataclass(frozen=True)
class Behind:
    """The alias that is followed names version `named`, and another one serves.

    `waits`: the end of the rollout brings it. `why` says why it could not be proposed, if it was tried.
    """

    alias: str
    named: int
    waits: bool
    why: str = ""


def behind(row: ModelDeployment, rollout: Rollout | None) -> Behind | None:
    """What the alias that is followed names, unless it serves, or is the candidate."""
    serves = row.revision.model_version if row.revision else None
    named = named_by(row.follows, serves) if row.follows and not row.deletion_requested_at else None
    if serves is None or named is None or named.pk == serves.pk:
        return None
    if rollout is not None and rollout.candidate.model_version_id == named.pk:
        return None
    last = last_of_following(row)
    refused = last is not None and last.action == "deployment.not_followed" and last.detail.get("version") == named.number
    return Behind(row.follows, named.number, bool(rollout and rollout.alias_moved), last.detail["reason"] if last and refused else "")


def follow_ended(row: ModelDeployment) -> Entry | None:
    """The entry that ended the following, if it was not ended by a word about just that."""
    last = None if row.follows else last_of_following(row)
    return last if last and last.action == "deployment.follow_ended" else None


@dataclass(frozen=True)
class Condition:
    """One of KServe's conditions; `tone` is its badge's."""

    service: str
    type: str
    status: str
    reason: str
    message: str
    at: str

    @property
    def tone(self) -> str:
        """True is well, False is not, the rest is open; Stopped alone is well when it is False."""
        well = "False" if self.type == "Stopped" else "True"
        return "ok" if self.status == well else "off" if self.type == "Stopped" else "wait" if self.status == "Unknown" else "bad"


def conditions_of(seen: Seen) -> list[Condition]:
    """Of all its InferenceServices, as KServe says them."""
    return [condition for body in seen.services for condition in _conditions(body)]


def _conditions(body: dict[str, Any]) -> Iterator[Condition]:
    for each in (body.get("status") or {}).get("conditions") or []:
        words = (str(each.get(name) or "") for name in ("type", "status", "reason", "message", "lastTransitionTime"))
        yield Condition(str(body["metadata"]["name"]), *words)


@dataclass(frozen=True)
class Addresses:
    """Where it answers; empty while nobody has said. `call` is a command that asks it with a file input.json.

    `moves`: the one inside is that of the predictor that serves now, whose name a promotion changes.
    """

    outside: str = ""
    inside: str = ""
    call: str = ""
    moves: bool = False


def addresses_of(row: ModelDeployment, seen: Seen) -> Addresses:
    """What the cluster tells, with a copyable call."""
    url = address_of(row)
    inside = next((str(((body.get("status") or {}).get("address") or {}).get("url") or "") for body in seen.services), "")
    if row.revision is None or not (url or inside):
        return Addresses()
    outside = url if row.revision.spec.exposure == "outside" else ""
    # The service's own address stays, and shares hold on it.
    return Addresses(outside, inside or url, _call(row, url or inside), bool(inside) and names_predictors(facts_of(row)))


def _call(row: ModelDeployment, url: str) -> str:
    assert row.revision is not None  # noqa: S101 - asked by the caller
    path = f"/v2/models/{row.name}/infer" if row.revision.spec.protocol == "v2" else f"/v1/models/{row.name}:predict"
    return f"curl -sS -H 'Content-Type: application/json' \\\n  -d @input.json {url}{path}"
