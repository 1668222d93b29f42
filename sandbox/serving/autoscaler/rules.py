"""By what one revision scales: Knative's annotations with their defaults. Pure functions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sandbox.serving.names import KNATIVE_GROUP

GROUP = "autoscaling.knative.dev"
CLASS, KPA = f"{GROUP}/class", "kpa.autoscaling.knative.dev"
MINIMUM, MAXIMUM, METRIC, TARGET = f"{GROUP}/min-scale", f"{GROUP}/max-scale", f"{GROUP}/metric", f"{GROUP}/target"
UTILIZATION, WINDOW, DELAY = f"{GROUP}/target-utilization-percentage", f"{GROUP}/window", f"{GROUP}/scale-down-delay"
INITIAL, ACTIVATION, RETENTION = f"{GROUP}/initial-scale", f"{GROUP}/activation-scale", f"{GROUP}/scale-to-zero-pod-retention-period"
DEADLINE = f"{KNATIVE_GROUP}/progress-deadline"
METRICS = ("concurrency", "rps")
# Knative's own defaults, per pod.
USUAL_TARGET = {"concurrency": 100.0, "rps": 200.0}
USUAL_UTILIZATION, SMALLEST_TARGET = 70.0, 0.01
SHORTEST_WINDOW, LONGEST = 6.0, 3600.0
USUAL_WINDOW, USUAL_DEADLINE = 60.0, 600.0
DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h))+", re.ASCII)
PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)", re.ASCII)
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Rules:
    """`target` is what is aimed at per pod, `maximum` 0 no bound. Seconds: the stable `window`, the `delay` of any step down,
    the `retention` of the last pod, the `deadline` by which a pod must be ready. `initial` pods begin, `activation` are woken.
    """

    metric: Literal["concurrency", "rps"] = "concurrency"
    target: float = 70.0
    minimum: int = 0
    maximum: int = 0
    window: float = USUAL_WINDOW
    delay: float = 0.0
    initial: int = 1
    activation: int = 1
    retention: float = 0.0
    deadline: float = USUAL_DEADLINE

    def bounded(self, count: int, *, reachable: bool) -> int:
        """Within the bounds; a revision to which no traffic leads has no minimum."""
        count = max(count, self.minimum if reachable else 0)
        return min(count, self.maximum) if self.maximum else count

    @property
    def first(self) -> int:
        """With how many pods a revision begins."""
        return self.bounded(max(self.initial, self.minimum), reachable=True)


def rules_of(annotations: Mapping[str, str], limit: int = 0, window: float = USUAL_WINDOW) -> Rules:
    """From a revision's annotations; `limit` is its containerConcurrency, 0 for none. What cannot be read counts as absent."""
    metric: Literal["concurrency", "rps"] = "rps" if annotations.get(METRIC) == "rps" else "concurrency"
    return Rules(
        metric=metric,
        target=_target(annotations, metric, limit),
        minimum=_count(annotations, MINIMUM, 0),
        maximum=_count(annotations, MAXIMUM, 0),
        window=min(max(seconds(annotations.get(WINDOW, ""), window), SHORTEST_WINDOW), LONGEST),
        delay=min(seconds(annotations.get(DELAY, ""), 0.0), LONGEST),
        initial=max(_count(annotations, INITIAL, 1), 1),
        activation=max(_count(annotations, ACTIVATION, 1), 1),
        retention=min(seconds(annotations.get(RETENTION, ""), 0.0), LONGEST),
        deadline=seconds(annotations.get(DEADLINE, ""), USUAL_DEADLINE),
    )


def seconds(text: str, default: float) -> float:
    """A duration as Go writes it, such as `90s` or `1m30s`."""
    if not DURATION.fullmatch(text):
        return default
    return sum(float(amount) * UNITS[unit] for amount, unit in PART.findall(text))


def _target(annotations: Mapping[str, str], metric: str, limit: int) -> float:
    usual = float(limit) if limit and metric == "concurrency" else USUAL_TARGET[metric]
    total = _number(annotations, TARGET, usual)
    if limit and metric == "concurrency":
        total = min(total, limit)
    return max(total * _number(annotations, UTILIZATION, USUAL_UTILIZATION) / 100, SMALLEST_TARGET)


def _number(annotations: Mapping[str, str], key: str, default: float) -> float:
    text = annotations.get(key, "")
    return float(text) if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text, re.ASCII) and float(text) > 0 else default


def _count(annotations: Mapping[str, str], key: str, default: int) -> int:
    text = annotations.get(key, "")
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else default
