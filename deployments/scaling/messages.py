"""What Kubernetes' events say about a change of size: its autoscaler's and its Deployment controller's own texts, old and new."""

import re
from dataclasses import dataclass

RESCALED, SCALED = "SuccessfulRescale", "ScalingReplicaSet"
LARGEST = 2**31 - 1
NEW_SIZE = re.compile(r"New size: (?P<after>\d{1,10}); reason: (?P<why>.*)", re.ASCII | re.DOTALL)
# Up to Kubernetes 1.22 without the former size, then "to 3 from 1", today "from 1 to 3".
REPLICA_SET = re.compile(
    r"Scaled (?:up|down) replica set (?P<name>[a-z0-9.-]{1,253}?)"
    r"(?: to (?P<to>\d{1,10})(?: from (?P<old>\d{1,10}))?| from (?P<from>\d{1,10}) to (?P<new>\d{1,10}))",
    re.ASCII,
)
ABOVE = re.compile(r"(?P<what>.+) above target", re.ASCII | re.DOTALL)
RESOURCE = re.compile(r"(?P<name>[a-z0-9./-]{1,100}) (?:container )?resource(?: utilization \(percentage of request\))?", re.ASCII)
BOUNDS = {
    "Current number of replicas below Spec.MinReplicas": "minimum",
    "Current number of replicas above Spec.MaxReplicas": "maximum",
    "Current number of replicas must be greater than 0": "minimum",
}
LONGEST_METRIC = 120


@dataclass(frozen=True)
class Rescale:
    """An autoscaler's step. `metric` as people call it, such as cpu; empty when everything was below its target."""

    after: int
    metric: str


@dataclass(frozen=True)
class ReplicaSetScale:
    """A Deployment's step. `replica_set` is the name of the ReplicaSet; `before` is None where the cluster does not tell it."""

    replica_set: str
    after: int
    before: int | None


def rescale(message: str) -> Rescale | None:
    """What an autoscaler's SuccessfulRescale says; None for a text of another kind."""
    found = NEW_SIZE.fullmatch(message)
    after = _number(found["after"]) if found else None
    return None if found is None or after is None else Rescale(after, _metric(found["why"].strip()))


def replica_set_scale(message: str) -> ReplicaSetScale | None:
    """What a Deployment's ScalingReplicaSet says; None for a text of another kind."""
    found = REPLICA_SET.fullmatch(message)
    after = _number(found["to"] or found["new"]) if found else None
    return None if found is None or after is None else ReplicaSetScale(found["name"], after, _number(found["old"] or found["from"]))


def _metric(why: str) -> str:
    if why in BOUNDS:
        return BOUNDS[why]
    above = ABOVE.fullmatch(why)
    if above is None:
        return ""
    resource = RESOURCE.fullmatch(above["what"])
    return resource["name"] if resource else above["what"][:LONGEST_METRIC]


def _number(text: str | None) -> int | None:
    number = int(text) if text else None
    return number if number is not None and number <= LARGEST else None
