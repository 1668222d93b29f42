"""metrics.k8s.io/v1beta1: what nodes and pods use now."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sandbox.client.informer import Informer
from sandbox.node_api.answers import group, resource, resource_list, status
from sandbox.node_api.usage import EVERY, PodUse, Usage
from sandbox.selectors.labels import SelectorError, parse_labels

Object = dict[str, Any]
VERSION = "metrics.k8s.io/v1beta1"
WINDOW = f"{EVERY:g}s"


class Metrics:
    """Answers from the usage of running pods; a node uses what its pods do."""

    def __init__(self, pods: Informer, nodes: Informer, usage: Usage) -> None:
        self._pods, self._nodes, self._usage = pods, nodes, usage

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        base, get = f"/apis/{VERSION}", app.router.add_get
        get(f"/apis/{VERSION.partition('/')[0]}", self._group)
        get(base, self._resources)
        get(f"{base}/nodes", self._list_nodes)
        get(f"{base}/nodes/{{name}}", self._get_node)
        get(f"{base}/pods", self._list_pods)
        get(f"{base}/namespaces/{{namespace}}/pods", self._list_pods)
        get(f"{base}/namespaces/{{namespace}}/pods/{{name}}", self._get_pod)

    async def _group(self, request: web.Request) -> web.Response:
        return web.json_response(group(VERSION))

    async def _resources(self, request: web.Request) -> web.Response:
        listed = [resource("nodes", "NodeMetrics", namespaced=False), resource("pods", "PodMetrics", namespaced=True)]
        return web.json_response(resource_list(VERSION, listed))

    async def _list_nodes(self, request: web.Request) -> web.Response:
        return _listed("NodeMetricsList", request, self._node_metrics())

    async def _get_node(self, request: web.Request) -> web.Response:
        return _named(request, self._node_metrics(), "nodemetrics")

    async def _list_pods(self, request: web.Request) -> web.Response:
        return _listed("PodMetricsList", request, self._pod_metrics(request.match_info.get("namespace", "")))

    async def _get_pod(self, request: web.Request) -> web.Response:
        return _named(request, self._pod_metrics(request.match_info["namespace"]), "podmetrics")

    def _pod_metrics(self, namespace: str) -> list[Object]:
        uses = [use for use in self._usage.running() if use.containers and namespace in ("", use.pod["metadata"]["namespace"])]
        return [_pod(use) for use in sorted(uses, key=lambda use: (use.pod["metadata"]["namespace"], use.pod["metadata"]["name"]))]

    def _node_metrics(self) -> list[Object]:
        by_node: dict[str, list[PodUse]] = {}
        for use in self._usage.running():
            by_node.setdefault(use.pod["spec"]["nodeName"], []).append(use)
        ours = [node for node in self._nodes.objects.values() if self._usage.is_ours(node["metadata"]["name"])]
        return [
            _node(node, by_node.get(node["metadata"]["name"], [])) for node in sorted(ours, key=lambda node: str(node["metadata"]["name"]))
        ]


def _pod(use: PodUse) -> Object:
    containers = [{"name": each.name, "usage": _usage(each.cpu, each.memory)} for each in use.containers]
    return {"kind": "PodMetrics", "apiVersion": VERSION, **_head(use.pod), "containers": containers}


def _node(node: Object, uses: Iterable[PodUse]) -> Object:
    every = [each for use in uses for each in use.containers]
    usage = _usage(sum(each.cpu for each in every), sum(each.memory for each in every))
    return {"kind": "NodeMetrics", "apiVersion": VERSION, **_head(node), "usage": usage}


def _head(of: Object) -> Object:
    at = datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    kept = {key: of["metadata"][key] for key in ("name", "namespace", "labels") if key in of["metadata"]}
    return {"metadata": {**kept, "creationTimestamp": at}, "timestamp": at, "window": WINDOW}


def _usage(cpu: float, memory: int) -> Object:
    return {"cpu": f"{round(cpu * 1e9)}n", "memory": f"{memory // 1024}Ki"}


def _listed(kind: str, request: web.Request, items: list[Object]) -> web.Response:
    try:
        matches = parse_labels(request.query.get("labelSelector", "")) if request.query.get("labelSelector") else None
    except SelectorError as error:
        return status(400, "BadRequest", str(error))
    chosen = [each for each in items if matches is None or matches(each["metadata"].get("labels") or {})]
    return web.json_response({"kind": kind, "apiVersion": VERSION, "metadata": {}, "items": chosen})


def _named(request: web.Request, items: list[Object], resource_name: str) -> web.Response:
    name = request.match_info["name"]
    found = next((each for each in items if each["metadata"]["name"] == name), None)
    if found is None:
        return status(404, "NotFound", f'{resource_name}.metrics.k8s.io "{name}" not found')
    return web.json_response(found)
