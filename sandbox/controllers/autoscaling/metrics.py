"""Reads metrics of pods, of custom names and from outside the cluster, from the APIs that serve them."""

from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.informer import UNREACHABLE
from sandbox.controllers.autoscaling.replicas import MetricsError
from sandbox.controllers.autoscaling.samples import Sample, moment
from sandbox.schema.quantities import parse

RESOURCE, CUSTOM, EXTERNAL = "/apis/metrics.k8s.io/v1beta1", "/apis/custom.metrics.k8s.io", "/apis/external.metrics.k8s.io/v1beta1"
CUSTOM_VERSIONS = ("v1beta2", "v1beta1")


async def resource_samples(client: Client, namespace: str, selector: str, resource: str, container: str = "") -> dict[str, Sample]:
    """The use of a resource by pod, of all containers together or of one; raises MetricsError."""
    path = f"{RESOURCE}/namespaces/{namespace}/pods?labelSelector={quote(selector)}"
    items = (await _read(client, path, "resource metrics API")).get("items") or []
    samples = {}
    for item in items:
        used = [each["usage"].get(resource) for each in item.get("containers") or [] if container in ("", each["name"])]
        if used and None not in used:
            total = sum((parse(amount) for amount in used), Decimal(0))
            samples[item["metadata"]["name"]] = Sample(total, _taken(item), _seconds(item.get("window", "")))
    if not items:
        raise MetricsError("no metrics returned from resource metrics API")
    return samples


async def pod_samples(client: Client, namespace: str, selector: str, metric: Object) -> dict[str, Sample]:
    """A custom metric by pod; raises MetricsError."""
    query = f"labelSelector={quote(selector)}"
    own = _selector(metric)
    more = f"&metricLabelSelector={quote(own)}" if own else ""
    for version in CUSTOM_VERSIONS:
        path = f"{CUSTOM}/{version}/namespaces/{namespace}/pods/*/{metric['name']}?{query}{more}"
        try:
            items = (await _read(client, path, "custom metrics API")).get("items") or []
        except MetricsError:
            if version == CUSTOM_VERSIONS[-1]:
                raise
        else:
            break
    if not items:
        raise MetricsError("no metrics returned from custom metrics API")
    return {item["describedObject"]["name"]: Sample(parse(item["value"]), _taken(item)) for item in items}


async def external_value(client: Client, namespace: str, metric: Object) -> Decimal:
    """The sum of an external metric's values; raises MetricsError."""
    path = f"{EXTERNAL}/namespaces/{namespace}/{metric['name']}?labelSelector={quote(_selector(metric))}"
    items = (await _read(client, path, "external metrics API")).get("items") or []
    if not items:
        raise MetricsError("no metrics returned from external metrics API")
    return sum((parse(item["value"]) for item in items), Decimal(0))


async def _read(client: Client, path: str, name: str) -> Object:
    try:
        return await client.call("GET", path)
    except (ApiError, *UNREACHABLE) as error:
        why = str(error).partition(": ")[2] if isinstance(error, ApiError) else str(error)
        raise MetricsError(f"unable to fetch metrics from {name}: {why}") from error


def _selector(metric: Object) -> str:
    """A metric's own selector in the form of queries."""
    selector = metric.get("selector") or {}
    parts = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    for each in selector.get("matchExpressions") or []:
        values = f" {each['operator'].lower()} ({','.join(each.get('values') or [])})"
        bare = {"Exists": each["key"], "DoesNotExist": f"!{each['key']}"}
        parts.append(bare.get(each["operator"], each["key"] + values))
    return ",".join(parts)


def _taken(item: Object) -> datetime:
    return moment(item.get("timestamp")) or datetime.now(UTC)


def _seconds(window: str) -> float:
    """Of a duration such as `30s` or `1m30.5s`; 0 if it is none."""
    total, number = 0.0, ""
    for letter in window:
        if letter in "hms" and number:
            total, number = total + float(number) * {"h": 3600, "m": 60, "s": 1}[letter], ""
        elif letter.isdigit() or letter == ".":
            number += letter
        else:
            return 0.0
    return total
