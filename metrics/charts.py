"""What the charts of a page are made of; the values are asked for by the page itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

RANGES = (("1h", _("1 hour")), ("6h", _("6 hours")), ("24h", _("24 hours")), ("7d", _("7 days")), ("90d", _("90 days")))


@dataclass(frozen=True)
class Chart:
    """`names` are the series in it, all of one `unit`; `revised` is the one that is shown of each revision."""

    key: str
    title: "str | Promise"
    names: tuple[str, ...]
    unit: str

    @property
    def series(self) -> str:
        """As a query names them."""
        return ",".join(self.names)

    @property
    def revised(self) -> str:
        """Of several the last, which is the one that is looked at."""
        return self.names[-1]


CHARTS = {
    each.key: each
    for each in (
        Chart("cpu", _("CPU"), ("cpu",), "cores"),
        Chart("memory", _("Memory"), ("memory",), "bytes"),
        Chart("gpu", _("GPU"), ("gpu",), "percent"),
        Chart("gpu_memory", _("GPU memory"), ("gpu_memory",), "bytes"),
        Chart("requests", _("Requests"), ("requests",), "per second"),
        Chart("errors", _("Errors"), ("errors",), "percent"),
        Chart("latency", _("Latency"), ("p50", "p95", "p99"), "milliseconds"),
        Chart("p99", _("Latency p99"), ("p99",), "milliseconds"),
        Chart("pods", _("Pods that tell their use"), ("pods",), "pods"),
    )
}
ALL = ("requests", "errors", "latency", "pods", "cpu", "memory", "gpu", "gpu_memory")
OF_NAMESPACE = ("cpu", "memory", "requests", "pods", "gpu", "gpu_memory")
OF_POD = ("cpu", "memory", "gpu", "gpu_memory")


def charts(source: str, keys: Iterable[str], *, small: bool = False, revisions: bool = False, compared: bool = False) -> dict[str, Any]:
    """The context of metrics/charts.html. `source` is the address of the series; `small` is without a picker, over the last hour.

    `revisions`: each one can be shown by itself, and `compared` says that it is from the beginning.
    """
    return {
        "chart_source": source,
        "charts": [CHARTS[key] for key in keys],
        "chart_ranges": RANGES,
        "chart_small": small,
        "chart_revisions": revisions,
        "chart_compared": compared,
    }
