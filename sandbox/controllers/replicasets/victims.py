"""Which pods of a ReplicaSet go first when it has too many."""

import math
import time
from collections import Counter

from sandbox.client.calls import Object
from sandbox.controllers.pod_state import age_key, is_active, is_ready, phase, ready_since, restarts

COST = "controller.kubernetes.io/pod-deletion-cost"
PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


def choose_victims(pods: list[Object], related: list[Object], count: int) -> list[Object]:
    """The `count` pods that are worth least; of `related` ones many on a node make each of them worth less."""
    crowd = Counter(each["spec"].get("nodeName") for each in related if is_active(each))
    return sorted(pods, key=lambda pod: _worth(pod, crowd))[:count]


def _worth(pod: Object, crowd: Counter[str | None]) -> tuple[bool, int, bool, int, int, float, int, float]:
    node = pod["spec"].get("nodeName")
    return (
        bool(node),
        PHASES.get(phase(pod), 2),
        is_ready(pod),
        _cost(pod),
        -crowd[node] if node else 0,
        _age(ready_since(pod)),
        -restarts(pod),
        _age(pod["metadata"]["creationTimestamp"]),
    )


def _cost(pod: Object) -> int:
    text = (pod["metadata"].get("annotations") or {}).get(COST, "0")
    try:
        return int(text)
    except ValueError:
        return 0


def _age(since: str | None) -> float:
    """Ages count by their order of magnitude, so that of pods about equally old not always the newest goes."""
    return math.floor(math.log2(max(time.time() - age_key(since), 1))) if since else 0.0
