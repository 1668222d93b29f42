"""Asks the model servers themselves for their counters, through the API server's proxy: a few at a time, each only briefly."""

from dataclasses import dataclass
from functools import partial

from deployments.traffic.exposition import Unreadable, read
from deployments.traffic.metric_names import SERVER_NAMES, SERVERS, Names, Place
from deployments.traffic.pods import SeenPod
from deployments.traffic.reading import Reading, reading_of
from kube.connect import Api
from kube.deadline import Deadline
from kube.errors import ApiError, DeadlinePassed, KubeError
from kube.proxy import pod_call
from reconcile.together import all_at_once

# More pods than that are not asked; how many were is shown.
MOST_PODS = 50
ANSWER_SECONDS = 2.0
LARGEST_ANSWER = 2 * 2**20
HEADERS = {"Accept": "text/plain; version=0.0.4"}


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
    """From the first place that counts requests; else why the likeliest one does not."""
    why = ""
    for place in pod.places:
        found = _one(api, namespace, pod, place, deadline)
        if isinstance(found, Told):
            return found
        why = why or found
    return Told(pod, why=why)


def _one(api: Api, namespace: str, pod: SeenPod, place: Place, deadline: Deadline) -> Told | str:
    """The answer from one place, or why it is none."""
    try:
        return _read(api, namespace, pod, place, deadline)
    except DeadlinePassed:
        return "there was no time left to ask it"
    except ApiError as error:
        return f"the API server's proxy answers {error.status}"
    except (KubeError, Unreadable) as error:
        return str(error)[:200]


def _read(api: Api, namespace: str, pod: SeenPod, place: Place, deadline: Deadline) -> Told | str:
    port, path = place
    timeout = deadline.timeout(ANSWER_SECONDS)
    reply = pod_call(api, namespace, pod.name, port, "GET", path, headers=HEADERS, timeout=timeout, cap=LARGEST_ANSWER)
    if reply.status != 200:
        return f"it answers {reply.status} at port {port}"
    text = read(reply.body, SERVER_NAMES)
    names = next((names for names in SERVERS if any(text.has(series.name) for series in names.requests)), None)
    if names is None:
        return f"it counts no requests under a known name at port {port}"
    reading = reading_of(text, names)
    if reading.started is None:
        reading = Reading(reading.requests, reading.errors, reading.times, pod.started)
    return Told(pod, reading, names)
