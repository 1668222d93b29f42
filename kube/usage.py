"""What pods use now, as the metrics API (metrics.k8s.io) says it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from kube.connect import Api
from kube.deadline import Deadline
from kube.quantities import QuantityError, parse

PATH = "/apis/metrics.k8s.io/v1beta1/pods"
# Of a node that tells nothing any more the metrics server keeps the last word for a while.
OLDEST_SECONDS = 120.0


class PodUsage(NamedTuple):
    """`cpu` in cores, `memory` in bytes, of all containers of the pod."""

    namespace: str
    name: str
    cpu: float
    memory: float


def pod_usage(api: Api, deadline: Deadline) -> list[PodUsage]:
    """Of every pod of which the cluster knows it now; raises as `Api.call` does."""
    answer = api.call("GET", PATH, deadline=deadline)
    return list(_read(answer.body.get("items") or (), answer.date))


def _read(items: Any, now: float | None) -> Iterator[PodUsage]:
    for item in items:
        try:
            if not _is_old(item, now):
                yield _usage(item)
        except (KeyError, TypeError, AttributeError, QuantityError):
            # One entry that says nothing hides no other.
            continue


def _usage(item: dict[str, Any]) -> PodUsage:
    used = [container["usage"] for container in item["containers"]]
    cpu, memory = (float(sum(parse(str(each[name])) for each in used)) for name in ("cpu", "memory"))
    return PodUsage(str(item["metadata"]["namespace"]), str(item["metadata"]["name"]), cpu, memory)


def _is_old(item: dict[str, Any], now: float | None) -> bool:
    if now is None or not item.get("timestamp"):
        return False
    try:
        at = datetime.fromisoformat(str(item["timestamp"])).timestamp()
    except ValueError:
        return False
    return now - at > OLDEST_SECONDS
