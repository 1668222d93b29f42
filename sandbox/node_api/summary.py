"""What a kubelet tells of its node: /pods, /stats/summary and /metrics/resource."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sandbox.node_api.usage import ContainerUse, PodUse

Object = dict[str, Any]


def stats_summary(node: str, uses: Iterable[PodUse]) -> Object:
    """The document of /stats/summary."""
    at, listed = _at(time.time()), list(uses)
    every = [each for use in listed for each in use.containers]
    pods = [
        {"podRef": _reference(use), **_stats(at, use.containers), "containers": [_container(at, each) for each in use.containers]}
        for use in listed
    ]
    return {"node": {"nodeName": node, **_stats(at, every)}, "pods": pods}


def resource_metrics(uses: Iterable[PodUse]) -> str:
    """The text of /metrics/resource."""
    rows = [(_labels(use, each), each) for use in uses for each in use.containers]
    at = round(time.time() * 1000)
    cpu = [f"container_cpu_usage_seconds_total{labels} {each.seconds:.6f} {at}" for labels, each in rows]
    memory = [f"container_memory_working_set_bytes{labels} {each.memory} {at}" for labels, each in rows]
    return "\n".join(
        [
            "# HELP container_cpu_usage_seconds_total Cumulative cpu time consumed by the container in core-seconds",
            "# TYPE container_cpu_usage_seconds_total counter",
            *cpu,
            "# HELP container_memory_working_set_bytes Current working set of the container in bytes",
            "# TYPE container_memory_working_set_bytes gauge",
            *memory,
            "",
        ]
    )


def _reference(use: PodUse) -> Object:
    return {key: use.pod["metadata"][key] for key in ("name", "namespace", "uid")}


def _container(at: str, each: ContainerUse) -> Object:
    return {"name": each.name, "startTime": _at(each.started), **_stats(at, [each])}


def _stats(at: str, uses: list[ContainerUse]) -> Object:
    nanocores = round(sum(each.cpu for each in uses) * 1e9)
    total, memory = round(sum(each.seconds for each in uses) * 1e9), sum(each.memory for each in uses)
    return {
        "cpu": {"time": at, "usageNanoCores": nanocores, "usageCoreNanoSeconds": total},
        "memory": {"time": at, "usageBytes": memory, "workingSetBytes": memory},
    }


def _labels(use: PodUse, each: ContainerUse) -> str:
    metadata = use.pod["metadata"]
    return f'{{container="{each.name}",namespace="{metadata["namespace"]}",pod="{metadata["name"]}"}}'


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
