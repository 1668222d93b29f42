"""An operator written with kopf, which has a client of its own: handlers, finalizers, progress, events, custom resources."""

import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.processes import spawn, stop
from tests.contract.client import Api
from tests.contract.objects import config_map
from tests.sandbox.clients.conftest import Server

OPERATOR = Path(__file__).parent / "operator.py"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
WIDGETS = "widgets.example.org"


@pytest.fixture
def space(server: Server, api: Api, tmp_path: Path) -> Iterator[str]:
    """A fresh namespace with the operator at work."""
    name = f"o-{secrets.token_hex(4)}"
    assert api.post("/api/v1/namespaces", {"metadata": {"name": name}}).code == 201
    environment = {**os.environ, "KUBECONFIG": str(server.kubeconfig_path)}
    command = [sys.executable, "-m", "kopf", "run", "--standalone", "--namespace", name, str(OPERATOR)]
    process = spawn(command, tmp_path / "operator.log", env=environment)
    yield name
    stop(process, 5)


def test_a_config_map_follows_its_deployment_through_a_kill(server: Server, api: Api, space: str) -> None:
    deployments, mirrored = f"/apis/apps/v1/namespaces/{space}/deployments", f"/api/v1/namespaces/{space}/configmaps/web"
    created = api.post(deployments, _deployment(2))
    assert created.code == 201
    found = api.until(mirrored, lambda answer: answer.code == 200 and answer.body["data"] == {"replicas": "2"}, 30)
    assert found.body["metadata"]["ownerReferences"][0]["uid"] == created.body["metadata"]["uid"]
    server.kill_api_server()
    server.start_api_server()
    assert api.patch(f"{deployments}/web", {"spec": {"replicas": 5}}).code == 200
    api.until(mirrored, lambda answer: answer.body["data"] == {"replicas": "5"}, 30)


def test_a_finalizer_holds_until_the_handler_is_done(api: Api, space: str) -> None:
    maps = f"/api/v1/namespaces/{space}/configmaps"
    held = config_map("held")
    held["metadata"]["labels"] = {"held": "yes"}
    assert api.post(maps, held).code == 201
    api.until(f"{maps}/held", lambda answer: answer.body["metadata"].get("finalizers"), 30)
    assert api.delete(f"{maps}/held").code == 200
    events = f"/api/v1/namespaces/{space}/events"
    api.until(events, lambda answer: any("may not go yet" in each["message"] for each in answer.body["items"]), 30)
    assert api.get(f"{maps}/held").body["metadata"]["deletionTimestamp"]
    assert api.patch(f"{maps}/held", {"metadata": {"annotations": {"may-go": "yes"}}}).code == 200
    api.until(f"{maps}/held", lambda answer: answer.code == 404, 30)


def test_a_custom_resource_gets_its_status(api: Api, space: str) -> None:
    assert api.post(DEFINITIONS, _definition()).code == 201
    widgets = f"/apis/example.org/v1/namespaces/{space}/widgets"
    api.until(widgets, lambda answer: answer.code == 200)
    widget = {"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": "one"}, "spec": {"size": 21}}
    assert api.post(widgets, widget).code == 201
    api.until(f"{widgets}/one", lambda answer: answer.body.get("status", {}).get("size") == 42, 30)
    assert api.patch(f"{widgets}/one", {"spec": {"size": 4}}).code == 200
    found = api.until(f"{widgets}/one", lambda answer: answer.body["status"]["size"] == 8, 30)
    assert found.body["metadata"]["generation"] == 2, "its status is no new generation"
    api.delete(f"{DEFINITIONS}/{WIDGETS}")


def _deployment(replicas: int) -> dict[str, object]:
    labels, container = {"app": "web"}, {"name": "main", "image": "example.org/app:1"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    return {"metadata": {"name": "web"}, "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}}


def _definition() -> dict[str, object]:
    free = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}, "status": free}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}, "subresources": {"status": {}}}
    names = {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"}
    spec = {"group": "example.org", "scope": "Namespaced", "names": names, "versions": [version]}
    return {"metadata": {"name": WIDGETS}, "spec": spec}
