"""Custom objects beside an API server that would die of them: they are there for everybody, and nothing gets through to that server."""

import base64
import secrets
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
import yaml

from sandbox.controlplane import ControlPlane
from sandbox.kubeconfig import read_kubeconfig
from tests.contract.client import Api
from tests.contract.definitions import DEFINITIONS, definition, install, new_group, version, widget
from tests.contract.objects import container, deployment
from tests.sandbox.test_real_definitions import FILES

pytestmark = [pytest.mark.control_plane, pytest.mark.xdist_group("custom-objects"), pytest.mark.timeout(300)]
API_SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with ControlPlane(tmp_path_factory.mktemp("beside")) as running:
        yield running


@pytest.fixture
def api(plane: ControlPlane) -> Api:
    return _api(plane)


def _api(plane: ControlPlane) -> Api:
    access = read_kubeconfig(plane.kubeconfig_path)
    assert access.ca_pem
    return Api(access.server, access.ca_pem, access.token)


@pytest.fixture
def space(api: Api) -> str:
    name = f"b-{secrets.token_hex(4)}"
    assert api.post("/api/v1/namespaces", {"metadata": {"name": name}}).code == 201
    return name


def _until_created(api: Api, path: str, body: dict[str, Any]) -> dict[str, Any]:
    end = time.monotonic() + 10
    while (answer := api.post(path, body)).code != 201:
        assert time.monotonic() < end and answer.code == 404, answer
        time.sleep(0.05)
    created: dict[str, Any] = answer.body
    return created


@pytest.mark.skipif(not FILES, reason="no definitions lie beside the checkout")
def test_a_real_definition_and_its_objects_work(api: Api, plane: ControlPlane, space: str) -> None:
    (file,) = [each for each in FILES if each.name == "kserve-inferenceservices.yaml"]
    real = yaml.safe_load(file.read_text())
    assert api.post(DEFINITIONS, real).code == 201
    services = f"/apis/serving.kserve.io/v1beta1/namespaces/{space}/inferenceservices"
    model = {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://models/a"}
    kind = {"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "metadata": {"name": "a"}}
    created = _until_created(api, services, {**kind, "spec": {"predictor": {"model": model, "unheard-of": 1}}})
    assert created["spec"]["predictor"] == {"model": model} and created["metadata"]["generation"] == 1
    status = {"conditions": [{"type": "Ready", "status": "True"}], "url": "http://a.example.org"}
    assert api.patch(f"{services}/a/status", {"status": status}).body["status"]["url"] == "http://a.example.org"
    applied = api.apply(f"{services}/a", {**kind, "spec": {"predictor": {"minReplicas": 2}}}, "one")
    assert applied.code == 200 and applied.body["spec"]["predictor"] == {"model": model, "minReplicas": 2}
    assert api.get(f"{services}/a").body["status"]["url"] == "http://a.example.org"
    assert plane.check() is None


def test_an_object_is_taken_the_moment_its_definition_stands(api: Api, plane: ControlPlane, space: str) -> None:
    for _ in range(5):
        group = new_group()
        assert api.post(DEFINITIONS, definition(group)).code == 201
        _until_created(api, f"/apis/{group}/v1/namespaces/{space}/widgets", widget(group))
    assert plane.check() is None


def test_a_watch_from_the_first_list_misses_nothing(api: Api, space: str) -> None:
    group = new_group()
    widgets = f"{install(api, definition(group))}/namespaces/{space}/widgets"
    start = api.get(widgets).body["metadata"]["resourceVersion"]
    api.post(widgets, widget(group))
    api.delete(f"{widgets}/a")
    assert [each["type"] for each in api.watch(widgets, 1, resourceVersion=start)] == ["ADDED", "DELETED"]


def test_who_has_no_role_is_refused_and_who_has_one_is_not(api: Api, space: str) -> None:
    group = new_group()
    widgets = f"{install(api, definition(group))}/namespaces/{space}/widgets"
    api.post(f"/api/v1/namespaces/{space}/serviceaccounts", {"metadata": {"name": "bot"}})
    token = api.post(f"/api/v1/namespaces/{space}/serviceaccounts/bot/token", {"spec": {}}).body["status"]["token"]
    bot = api.as_token(token)
    assert bot.post(widgets, widget(group)).code == 403 and bot.get(widgets).code == 403
    rules = [{"apiGroups": [group], "resources": ["widgets"], "verbs": ["get", "list"]}]
    roles = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{space}"
    assert api.post(f"{roles}/roles", {"metadata": {"name": "r"}, "rules": rules}).code == 201
    subject = {"kind": "ServiceAccount", "name": "bot", "namespace": space}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"}
    assert api.post(f"{roles}/rolebindings", {"metadata": {"name": "r"}, "roleRef": reference, "subjects": [subject]}).code == 201
    end = time.monotonic() + 10
    while bot.get(widgets).code != 200:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert bot.post(widgets, widget(group)).code == 403


def test_a_version_that_comes_later_is_served_here_too(api: Api, plane: ControlPlane, space: str) -> None:
    group = new_group()
    install(api, definition(group))
    more = definition(group, version(), version("v2", storage=False))
    assert api.patch(f"{DEFINITIONS}/widgets.{group}", {"spec": {"versions": more["spec"]["versions"]}}).code == 200
    widgets = f"/apis/{group}/v2/namespaces/{space}/widgets"
    _until_created(api, widgets, widget(group, version="v2"))
    assert api.get(f"/apis/{group}/v1/namespaces/{space}/widgets/a").body["apiVersion"] == f"{group}/v1"
    assert api.get(f"{API_SERVICES}/v2.{group}").body["spec"]["service"]["name"] == "sandbox-custom-objects"
    assert plane.check() is None


def test_what_a_custom_object_owns_goes_with_it(api: Api, space: str) -> None:
    """The real garbage collector asks for its owners as for any others; it looks for new kinds every half a minute."""
    group = new_group()
    widgets = f"{install(api, definition(group))}/namespaces/{space}/widgets"
    owner = api.post(widgets, widget(group)).body
    deployments = f"/apis/apps/v1/namespaces/{space}/deployments"
    owned, other = deployment("owned", container(), replicas=0), deployment("other", container(), replicas=0)
    reference = {"apiVersion": f"{group}/v1", "kind": "Widget", "name": "a", "uid": owner["metadata"]["uid"]}
    owned["metadata"]["ownerReferences"] = [{**reference, "controller": True, "blockOwnerDeletion": True}]
    assert {api.post(deployments, each).code for each in (owned, other)} == {201}
    api.delete(f"{widgets}/a")
    api.until(f"{deployments}/owned", lambda answer: answer.code == 404, 90)
    assert api.get(f"{deployments}/other").code == 200


def test_nobody_but_the_api_server_is_answered(api: Api, space: str) -> None:
    group = new_group()
    api.get(install(api, definition(group)) + "/widgets")
    (subset,) = api.get("/api/v1/namespaces/kube-system/endpoints/sandbox-custom-objects").body["subsets"]
    front = f"https://{subset['addresses'][0]['ip']}:{subset['ports'][0]['port']}"
    ca = base64.b64decode(api.get(f"{API_SERVICES}/v1.{group}").body["spec"]["caBundle"]).decode()
    pool = urllib3.PoolManager(ca_cert_data=ca, retries=False)
    headers = {"X-Remote-User": "admin", "X-Remote-Group": "system:masters"}
    assert pool.request("GET", f"{front}/apis/{group}/v1/widgets", headers=headers).status == 401


def test_writers_do_not_kill_a_server_that_starts_again(api: Api, plane: ControlPlane, space: str) -> None:
    """Without the guard one of them reaches the server before it knows that it has to send it on."""
    group, stopping, codes = new_group(), threading.Event(), set()
    widgets = f"{install(api, definition(group))}/namespaces/{space}/widgets"

    def write(number: int) -> None:
        own, count = _api(plane), 0
        while not stopping.is_set():
            count += 1
            try:
                codes.add(own.post(widgets, widget(group, f"w{number}-{count}")).code)
            except urllib3.exceptions.HTTPError:
                time.sleep(0.005)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for each in writers:
        each.start()
    for _ in range(2):
        plane.kill_api_server()
        plane.start_api_server()
        time.sleep(1)
        assert plane.check() is None
    stopping.set()
    for each in writers:
        each.join()
    assert 201 in codes and len(api.get(widgets).body["items"]) > 3


def test_objects_outlive_the_control_plane(tmp_path: Path) -> None:
    group = new_group()
    with ControlPlane(tmp_path) as first:
        widgets = f"{install(_api(first), definition(group))}/namespaces/default/widgets"
        uid = _api(first).post(widgets, widget(group)).body["metadata"]["uid"]
    with ControlPlane(tmp_path) as second:
        assert _api(second).get(f"{widgets}/a").body["metadata"]["uid"] == uid
        assert _api(second).patch(f"{widgets}/a", {"spec": {"size": 5}}).code == 200
        assert _api(second).delete(f"{DEFINITIONS}/widgets.{group}").code == 200
        _api(second).until(widgets, lambda answer: answer.code == 404)
        assert second.check() is None
