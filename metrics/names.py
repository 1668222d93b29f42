"""The series that are told: their units, of what columns they are made, and which of them are of model servers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from metrics.columns import ALL_TIMES, GAUGES, TIMES, Point, mean
from metrics.servers.histogram import Histogram

RESOURCES, SERVERS, CARDS = "resources", "servers", "cards"
SOURCES = {RESOURCES: "metrics.k8s.io", SERVERS: "model server", CARDS: ""}


@dataclass(frozen=True)
class Name:
    """`group` is what its source is asked for; `value` reads a folded point: None for a gap. `bounded`: it has a request and a limit."""

    name: str
    label: "str | Promise"
    unit: str
    group: str
    value: Callable[[Point], float | None]
    bounded: bool = False

    @property
    def is_gauge(self) -> bool:
        """Whether it has a largest single sample."""
        return self.name in GAUGES


def _mean(name: str) -> Callable[[Point], float | None]:
    return lambda point: mean(point, name)


def _rate(point: Point) -> float | None:
    return point["requests"] / point["seconds"] if "requests" in point and point.get("seconds") else None


def _errors(point: Point) -> float | None:
    """Of no requests no part has failed, and none has not."""
    return 100 * point["errors"] / point["errors.of"] if "errors" in point and point.get("errors.of") else None


def _quantile(q: float) -> Callable[[Point], float | None]:
    def value(point: Point) -> float | None:
        if not point.get(ALL_TIMES):
            return None
        known = sorted((_bound(name), int(count)) for name, count in point.items() if name.startswith(TIMES))
        bounds, counts = zip(*known, strict=True)
        found = Histogram(bounds[:-1], tuple(accumulate(counts, max))).quantile(q)
        return found.value if found else None

    return value


@cache
def _bound(name: str) -> float:
    return float(name.removeprefix(TIMES))


def _nothing(_point: Point) -> None:
    return None


NAMES: Mapping[str, Name] = {
    each.name: each
    for each in (
        Name("cpu", _("CPU"), "cores", RESOURCES, _mean("cpu"), bounded=True),
        Name("memory", _("Memory"), "bytes", RESOURCES, _mean("memory"), bounded=True),
        Name("gpu", _("GPU"), "percent", CARDS, _nothing),
        Name("gpu_memory", _("GPU memory"), "bytes", CARDS, _nothing),
        Name("pods", _("Pods that tell"), "pods", RESOURCES, _mean("pods")),
        Name("requests", _("Requests"), "per second", SERVERS, _rate),
        Name("errors", _("Errors"), "percent", SERVERS, _errors),
        Name("p50", _("Latency p50"), "milliseconds", SERVERS, _quantile(0.5)),
        Name("p95", _("Latency p95"), "milliseconds", SERVERS, _quantile(0.95)),
        Name("p99", _("Latency p99"), "milliseconds", SERVERS, _quantile(0.99)),
    )
}
# What is told of whom.
OF_POD = ("cpu", "memory", "gpu", "gpu_memory")
OF_NAMESPACE = (*OF_POD, "pods", "requests")
OF_WORKLOAD = tuple(NAMES)
