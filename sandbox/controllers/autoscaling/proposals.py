"""What one metric of an autoscaler proposes: reads it, counts, and says what the status shows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from sandbox.client.calls import Client, Object
from sandbox.controllers.autoscaling.metrics import external_value, pod_samples, resource_samples
from sandbox.controllers.autoscaling.replicas import Count, MetricsError, by_average, by_utilization, by_value, by_value_per_pod
from sandbox.controllers.autoscaling.samples import Groups, Sample, group
from sandbox.schema.quantities import parse, render

REASONS = {
    "Resource": "FailedGetResourceMetric",
    "ContainerResource": "FailedGetContainerResourceMetric",
    "Pods": "FailedGetPodsMetric",
    "External": "FailedGetExternalMetric",
}


@dataclass(frozen=True)
class Target:
    """What is scaled: its namespace, its present replicas, its pods and their selector in the form of queries."""

    namespace: str
    replicas: int
    selector: str
    pods: list[Object]


@dataclass(frozen=True)
class Proposal:
    """A replica count, the metric's name as messages have it, and its part of status.currentMetrics."""

    replicas: int
    name: str
    status: Object


class InvalidMetric(Exception):
    """A metric from which no count follows; `reason` is that of the condition and of the event."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


async def propose(client: Client, metric: Object, target: Target) -> Proposal:
    """Evaluate one of spec.metrics; raises InvalidMetric."""
    kind = metric["type"]
    if kind not in REASONS:
        raise InvalidMetric("InvalidMetricSourceType", f"unknown metric source type {json_word(kind)}")
    try:
        if kind == "External":
            return await _external(client, metric["external"], target)
        if kind == "Pods":
            return await _pods(client, metric["pods"], target)
        return await _resource(client, kind, metric["resource" if kind == "Resource" else "containerResource"], target)
    except MetricsError as error:
        raise InvalidMetric(REASONS[kind], str(error)) from error


def json_word(word: str) -> str:
    """In quotes, as messages show words from outside."""
    return f'"{word}"'


async def _resource(client: Client, kind: str, source: Object, target: Target) -> Proposal:
    name, container, wanted = source["name"], source.get("container", ""), source["target"]
    percent = wanted.get("averageUtilization")
    what = "utilization" if percent is not None else "usage"
    try:
        samples = await resource_samples(client, target.namespace, target.selector, name, container)
    except MetricsError as error:
        raise MetricsError(f"failed to get {name} {what}: unable to get metrics for resource {name}: {error}") from error
    groups = _groups(target, samples, name)
    if percent is not None:
        count = by_utilization(target.replicas, int(percent), samples, _requests(target.pods, name, container), groups)
    else:
        count = by_average(target.replicas, parse(wanted["averageValue"]), samples, groups)
    current: Object = {"averageValue": _shown(count.average, name)}
    current |= {} if count.utilization is None else {"averageUtilization": count.utilization}
    part = {"name": name, "current": current, **({"container": container} if container else {})}
    label = f"{name} {'container ' if container else ''}resource" + (" utilization (percentage of request)" if percent is not None else "")
    return Proposal(count.replicas, label, {"type": kind, kind[0].lower() + kind[1:]: part})


async def _pods(client: Client, source: Object, target: Target) -> Proposal:
    name = source["metric"]["name"]
    try:
        samples = await pod_samples(client, target.namespace, target.selector, source["metric"])
    except MetricsError as error:
        raise MetricsError(f"unable to get metric {name}: {error}") from error
    count = by_average(target.replicas, parse(source["target"]["averageValue"]), samples, _groups(target, samples, name))
    part = {"metric": source["metric"], "current": {"averageValue": _shown(count.average)}}
    return Proposal(count.replicas, f"pods metric {name}", {"type": "Pods", "pods": part})


async def _external(client: Client, source: Object, target: Target) -> Proposal:
    name, wanted = source["metric"]["name"], source["target"]
    try:
        value = await external_value(client, target.namespace, source["metric"])
    except MetricsError as error:
        raise MetricsError(f"unable to get external metric {target.namespace}/{name}: {error}") from error
    if "averageValue" in wanted:
        count: Count = by_value_per_pod(target.replicas, parse(wanted["averageValue"]), value)
        current = {"averageValue": _shown(count.average)}
    else:
        ready = len([pod for pod in target.pods if _is_ready(pod)])
        count = by_value(target.replicas, ready, parse(wanted["value"]), value)
        current = {"value": _shown(count.average)}
    part = {"metric": source["metric"], "current": current}
    return Proposal(count.replicas, f"external metric {name}", {"type": "External", "external": part})


def _groups(target: Target, samples: dict[str, Sample], resource: str) -> Groups:
    if not target.pods:
        raise MetricsError("no pods returned by selector while calculating replica count")
    return group(target.pods, samples, resource, datetime.now(UTC))


def _requests(pods: list[Object], resource: str, container: str) -> dict[str, Decimal]:
    """What each pod requests of a resource, or one of its containers; raises MetricsError naming who does not."""
    requests = {}
    for pod in pods:
        total = Decimal(0)
        for each in pod["spec"]["containers"]:
            if container not in ("", each["name"]):
                continue
            amount = ((each.get("resources") or {}).get("requests") or {}).get(resource)
            if amount is None:
                raise MetricsError(f"missing request for {resource} in container {each['name']} of Pod {pod['metadata']['name']}")
            total += parse(amount)
        requests[pod["metadata"]["name"]] = total
    return requests


def _is_ready(pod: Object) -> bool:
    status = pod.get("status") or {}
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in status.get("conditions") or [])
    return bool(ready and status.get("phase") == "Running" and "deletionTimestamp" not in pod["metadata"])


def _shown(value: Decimal, resource: str = "") -> str:
    """In thousandths at the finest, memory in whole bytes."""
    return render(Decimal(int(value)) if resource == "memory" else Decimal(int(value * 1000)) / 1000, binary=resource == "memory")
