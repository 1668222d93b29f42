"""external.metrics.k8s.io/v1beta1: values that an annotation on a namespace gives."""

import json
import time
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sandbox.client.informer import Informer
from sandbox.node_api.answers import group, resource, resource_list, status
from sandbox.schema.quantities import QuantityError, canonical
from sandbox.selectors.labels import SelectorError, parse_labels

Object = dict[str, Any]
VERSION = "external.metrics.k8s.io/v1beta1"
# {"queue-length": "30"}, or with labels {"queue-length": [{"labels": {"queue": "a"}, "value": "30"}]}.
ANNOTATION = "sandbox.slipway.dev/external-metrics"


class ExternalMetrics:
    """Answers from the namespaces as they are."""

    def __init__(self, namespaces: Informer) -> None:
        self._namespaces = namespaces

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get(f"/apis/{VERSION.partition('/')[0]}", self._group)
        app.router.add_get(f"/apis/{VERSION}", self._resources)
        app.router.add_get(f"/apis/{VERSION}/namespaces/{{namespace}}/{{metric}}", self._values)

    async def _group(self, request: web.Request) -> web.Response:
        return web.json_response(group(VERSION))

    async def _resources(self, request: web.Request) -> web.Response:
        names = sorted({name for namespace in self._namespaces.objects.values() for name in read_values(namespace)})
        # Clients take a version without any resource for a broken one.
        listed = [resource(name, "ExternalMetricValueList", namespaced=True, verbs=["get"]) for name in names or ["externalmetrics"]]
        return web.json_response(resource_list(VERSION, listed))

    async def _values(self, request: web.Request) -> web.Response:
        name, metric = request.match_info["namespace"], request.match_info["metric"]
        found = read_values(self._namespaces.named("", name) or {"metadata": {}}).get(metric)
        if found is None:
            return status(404, "NotFound", f"the server could not find the metric {metric} for namespace {name}")
        try:
            matches = parse_labels(request.query["labelSelector"]) if request.query.get("labelSelector") else None
        except SelectorError as error:
            return status(400, "BadRequest", str(error))
        at = datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        items = [
            {"metricName": metric, "metricLabels": labels, "timestamp": at, "value": value}
            for labels, value in found
            if matches is None or matches(labels)
        ]
        return web.json_response({"kind": "ExternalMetricValueList", "apiVersion": VERSION, "metadata": {}, "items": items})


def read_values(namespace: Object) -> dict[str, list[tuple[dict[str, str], str]]]:
    """By metric, its labels and values as the annotation has them; what cannot be read counts as absent."""
    try:
        given = json.loads((namespace["metadata"].get("annotations") or {}).get(ANNOTATION, "{}"))
        return {
            metric: [_value(each) for each in (values if isinstance(values, list) else [{"value": values}])]
            for metric, values in given.items()
        }
    except (ValueError, TypeError, AttributeError, KeyError, QuantityError):
        return {}


def _value(given: Object) -> tuple[dict[str, str], str]:
    return {key: str(value) for key, value in (given.get("labels") or {}).items()}, canonical(str(given["value"]))
