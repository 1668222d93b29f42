"""Asks the model servers themselves for their counters, through the API server's proxy: a few at a time, each only briefly."""

from dataclasses import dataclass, replace
from functools import partial

from deployments.traffic.pods import SeenPod
from kube.connect import Api
from kube.deadline import Deadline
from metrics.servers.asking import ask as server_ask
from metrics.servers.names import Names
from metrics.servers.reading import Reading
from reconcile.together import all_at_once

# More pods than that are not asked; how many were is shown.
MOST_PODS = 50


@dataclass(frozen=True)
class Told:
    """What one pod answered: `reading` and the `names` it uses, or `why` there is none."""

    pod: SeenPod
    reading: Reading | None = None
    names: Names | None = None
    why: str = ""


def ask(api: Api, namespace: str, pods: list[SeenPod], deadline: Deadline) -> list[Told]:
    """The answers of all pods, in their order; the first fifty of each side are asked, as long as there is time."""
    asked = _first_of_each_side(pods)
    told = all_at_once([partial(_ask, api, namespace, pod, deadline) for pod in pods if pod.uid in asked])
    known = {answer.pod.uid: answer for answer in told}
    return [known.get(pod.uid) or Told(pod, why=f"only {MOST_PODS} pods of a side are asked") for pod in pods]


def _first_of_each_side(pods: list[SeenPod]) -> set[str]:
    chosen: set[str] = set()
    for side in ("stable", "candidate"):
        chosen |= {pod.uid for pod in sorted((p for p in pods if p.side == side), key=lambda pod: pod.name)[:MOST_PODS]}
    return chosen


def _ask(api: Api, namespace: str, pod: SeenPod, deadline: Deadline) -> Told:
    found = server_ask(api, namespace, pod.name, pod.places, deadline)
    if isinstance(found, str):
        return Told(pod, why=found)
    reading = found.reading if found.reading.started is not None else replace(found.reading, started=pod.started)
    return Told(pod, reading, found.names)
