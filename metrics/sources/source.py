"""What a source is asked and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from clusters.models import Pod
from kube.connect import Api
from kube.deadline import Deadline
from metrics.columns import Point
from metrics.workloads import Workload

# A code (metrics.reasons) and what the other side said.
Reason = tuple[str, str]
Subject = str


@dataclass(frozen=True)
class Scene:
    """One turn: the pods that run, by what workload each serves, and until when the answer must be there. `at` as in Chunk."""

    api: Api
    at: int
    pods: Sequence[Pod]
    workloads: Mapping[str, Workload]
    deadline: Deadline


@dataclass(frozen=True)
class Found:
    """Whether a subject has a source, and why some of its series have none, by their name ("" for all)."""

    source: str = ""
    reasons: Mapping[str, Reason] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """`points` by the pods' uids; `found` by subject, "" for the cluster."""

    points: Mapping[str, Point] = field(default_factory=dict)
    found: Mapping[Subject, Found] = field(default_factory=dict)


class Source(Protocol):
    """`group` names the values that it is asked for. It raises nothing: what went wrong is an answer."""

    group: str

    def read(self, scene: Scene) -> Answer:
        """What it has of the pods of the scene, before its deadline."""
        ...
