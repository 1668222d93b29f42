"""Requests, errors and times of what serves, from the model servers' own counters."""

from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

from clusters.models import Pod
from metrics.servers.asking import Counted, ask
from metrics.sources.counters import Counters
from metrics.sources.source import Answer, Found, Reason, Scene, Subject

NAME = "model server"
QUANTILES = ("p50", "p95", "p99")
THREADS = 8
# Each server is an answer through the API server: of a workload with more pods none is asked, since some are not all of it.
MOST_PODS = 50
# Of more than these the workloads take turns.
MOST_ASKED = 200


class Servers:
    """Remembers what was counted before; made anew, its first turn brings nothing yet."""

    group = "servers"

    def __init__(self) -> None:
        self._counters = Counters()
        self._turn = 0
        self._found: dict[Subject, Found] = {}

    def read(self, scene: Scene) -> Answer:
        """By pod: `requests`, `errors` of `errors.of`, a histogram of times, in the `seconds` since it was last asked."""
        subjects = _by_subject(scene)
        too_large = {subject for subject, pods in subjects.items() if len(pods) > MOST_PODS}
        asked = self._whose_turn({subject: pods for subject, pods in subjects.items() if subject not in too_large})
        told = _ask_all(scene, [pod for subject in asked for pod in subjects[subject]])
        self._found = {subject: self._found.get(subject, Found()) for subject in subjects}
        self._found |= {subject: Found(reasons={"": ("too_many", str(MOST_PODS))}) for subject in too_large}
        self._found |= {subject: _found([told[pod.uid] for pod in subjects[subject]]) for subject in asked}
        points = {uid: self._counters.come(scene.at, uid, each.reading) for uid, each in told.items() if isinstance(each, Counted)}
        self._counters.end_turn(scene.at, scene.workloads)
        return Answer({uid: point for uid, point in points.items() if point}, dict(self._found))

    def _whose_turn(self, subjects: Mapping[Subject, list[Pod]]) -> list[Subject]:
        """As many whole workloads as may be asked, beginning behind those of the last turn."""
        names = sorted(subjects)
        begin = self._turn % len(names) if names else 0
        chosen: list[Subject] = []
        pods = 0
        for subject in names[begin:] + names[:begin]:
            pods += len(subjects[subject])
            if chosen and pods > MOST_ASKED:
                break
            chosen.append(subject)
        self._turn = begin + len(chosen)
        return chosen


def _by_subject(scene: Scene) -> dict[Subject, list[Pod]]:
    found: dict[Subject, list[Pod]] = defaultdict(list)
    for pod in scene.pods:
        if (workload := scene.workloads.get(pod.uid)) and workload.places:
            found[workload.subject].append(pod)
    return found


def _ask_all(scene: Scene, pods: list[Pod]) -> dict[str, Counted | str]:
    """In threads of its own: who does not answer holds up no other cluster."""
    if not pods:
        return {}
    with ThreadPoolExecutor(min(THREADS, len(pods)), thread_name_prefix="servers") as pool:
        answers = pool.map(lambda pod: ask(scene.api, pod.namespace, pod.name, scene.workloads[pod.uid].places, scene.deadline), pods)
        return dict(zip((pod.uid for pod in pods), answers, strict=True))


def _found(told: list[Counted | str]) -> Found:
    """Who is silent now says why there is nothing only where nobody tells anything."""
    counted = [each for each in told if isinstance(each, Counted)]
    if not counted:
        return Found(reasons={"": ("no_server", next((each for each in told if isinstance(each, str)), ""))})
    reasons: dict[str, Reason] = {}
    if all(each.reading.errors is None for each in counted):
        reasons["errors"] = ("not_counted", counted[0].names.no_errors or counted[0].names.server)
    if all(each.reading.times is None for each in counted):
        why = counted[0].names.no_times or counted[0].names.server
        reasons |= dict(zip(QUANTILES, repeat(("not_timed", why)), strict=False))
    return Found(NAME, reasons)
