"""Where the pods behind a Service are, as EndpointSlices and Endpoints tell it."""

import json
from typing import Any

import pytest

from tests.contract.client import Answer, Api
from tests.contract.objects import pod
from tests.sandbox.controllers.conftest import Simulated

Object = dict[str, Any]


def _service(name: str = "web", **spec: Any) -> Object:
    ports = [{"name": "http", "port": 80, "targetPort": "web"}]
    return {"metadata": {"name": name, "labels": {"team": "a"}}, "spec": {"selector": {"app": name}, "ports": ports, **spec}}


def _pod(name: str, app: str = "web", **annotations: str) -> Object:
    body = pod(name)
    body["metadata"] |= {"labels": {"app": app}, "annotations": annotations}
    body["spec"]["containers"][0]["ports"] = [{"name": "web", "containerPort": 8080}]
    return body


@pytest.fixture
def slices(simulated: Simulated, space: str) -> str:
    """The path of the EndpointSlices of a fresh namespace, in the version that is served."""
    versions = {each["version"] for each in simulated.api.get("/apis/discovery.k8s.io").body["versions"]}
    return f"/apis/discovery.k8s.io/{'v1' if 'v1' in versions else 'v1beta1'}/namespaces/{space}/endpointslices"


def _ready(answer: Answer) -> list[str]:
    """The names of the pods that are ready in any slice."""
    endpoints = [each for item in answer.body["items"] for each in item.get("endpoints") or []]
    return sorted(each["targetRef"]["name"] for each in endpoints if each["conditions"]["ready"])


def _addresses(answer: Answer, part: str = "addresses") -> list[str]:
    found = [each for subset in answer.body.get("subsets") or [] for each in subset.get(part) or []]
    return sorted(each["targetRef"]["name"] for each in found)


def _post(api: Api, space: str, plural: str, body: Object) -> Object:
    answer = api.post(f"/api/v1/namespaces/{space}/{plural}", body)
    assert answer.code == 201, answer
    return dict(answer.body)


def test_a_ready_pod_is_behind_its_service(api: Api, space: str, slices: str) -> None:
    service = _post(api, space, "services", _service())
    created = api.until(slices, lambda answer: answer.code == 200 and answer.body["items"]).body["items"]
    assert len(created) == 1 and not created[0].get("endpoints")
    _post(api, space, "pods", _pod("a"))
    found = api.until(slices, lambda answer: _ready(answer) == ["a"], 20).body["items"]
    assert len(found) == 1 and found[0]["metadata"]["uid"] == created[0]["metadata"]["uid"]
    assert found[0]["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}] and found[0]["addressType"] == "IPv4"
    labels = {"team": "a", "kubernetes.io/service-name": "web", "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}
    assert found[0]["metadata"]["labels"] == labels and found[0]["metadata"]["generateName"] == "web-"
    owner = {"apiVersion": "v1", "kind": "Service", "name": "web", "uid": service["metadata"]["uid"], "controller": True}
    assert found[0]["metadata"]["ownerReferences"] == [owner | {"blockOwnerDeletion": True}]
    own = api.get(f"/api/v1/namespaces/{space}/pods/a").body
    assert found[0]["endpoints"][0]["addresses"] == [own["status"]["podIP"]]
    reference = found[0]["endpoints"][0]["targetRef"]
    assert (reference["kind"], reference["uid"]) == ("Pod", own["metadata"]["uid"])
    endpoints = api.until(f"/api/v1/namespaces/{space}/endpoints/web", lambda answer: _addresses(answer) == ["a"]).body
    assert endpoints["subsets"][0]["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}]
    assert endpoints["subsets"][0]["addresses"][0]["nodeName"] == own["spec"]["nodeName"]


def test_pods_come_and_go(api: Api, space: str, slices: str) -> None:
    _post(api, space, "services", _service())
    for name in ("a", "b", "c"):
        _post(api, space, "pods", _pod(name))
    api.until(slices, lambda answer: _ready(answer) == ["a", "b", "c"], 20)
    api.delete(f"/api/v1/namespaces/{space}/pods/a")
    api.patch(f"/api/v1/namespaces/{space}/pods/b", {"metadata": {"labels": {"app": "other"}}})
    left = api.until(slices, lambda answer: _ready(answer) == ["c"], 20).body["items"]
    assert len(left) == 1
    api.until(f"/api/v1/namespaces/{space}/endpoints/web", lambda answer: _addresses(answer) == ["c"])


def test_a_pod_that_is_not_ready_is_told_apart(api: Api, space: str, slices: str) -> None:
    _post(api, space, "services", _service())
    _post(api, space, "services", _service("early", selector={"app": "web"}, publishNotReadyAddresses=True))
    _post(api, space, "pods", _pod("a", **{"sandbox.slipway.dev/unready-after-seconds": "1"}))
    unready = api.until(
        f"/api/v1/namespaces/{space}/endpoints/web", lambda answer: _addresses(answer, "notReadyAddresses") == ["a"], 20
    ).body
    assert "addresses" not in unready["subsets"][0]
    found = api.until(slices, lambda answer: len(_ready(answer)) == 1).body["items"]
    assert {item["metadata"]["labels"]["kubernetes.io/service-name"]: _ready(Answer(200, {"items": [item]}, {})) for item in found} == {
        "web": [],
        "early": ["a"],
    }
    assert _addresses(api.get(f"/api/v1/namespaces/{space}/endpoints/early")) == ["a"]


def test_a_headless_service_says_so_and_needs_no_port(api: Api, space: str, slices: str) -> None:
    _post(api, space, "services", _service(clusterIP="None", ports=None))
    named = _pod("a")
    named["spec"] |= {"hostname": "first", "subdomain": "web"}
    _post(api, space, "pods", named)
    found = api.until(slices, lambda answer: _ready(answer) == ["a"], 20).body["items"][0]
    assert found["metadata"]["labels"]["service.kubernetes.io/headless"] == "" and not found.get("ports")
    assert found["endpoints"][0]["hostname"] == "first"
    endpoints = api.until(f"/api/v1/namespaces/{space}/endpoints/web", lambda answer: _addresses(answer) == ["a"]).body
    assert endpoints["metadata"]["labels"]["service.kubernetes.io/headless"] == ""


def test_pods_with_other_ports_are_in_another_slice(api: Api, space: str, slices: str) -> None:
    _post(api, space, "services", _service())
    _post(api, space, "pods", _pod("a"))
    _post(api, space, "pods", _pod("b", **{"sandbox.slipway.dev/ports": json.dumps({"8080": 41233})}))
    found = api.until(slices, lambda answer: _ready(answer) == ["a", "b"], 20).body["items"]
    assert {_ready(Answer(200, {"items": [item]}, {}))[0]: item["ports"][0]["port"] for item in found} == {"a": 8080, "b": 41233}
    endpoints = api.until(f"/api/v1/namespaces/{space}/endpoints/web", lambda answer: _addresses(answer) == ["a", "b"]).body
    assert sorted(subset["ports"][0]["port"] for subset in endpoints["subsets"]) == [8080, 41233]


def test_what_somebody_breaks_is_repaired_and_what_is_over_goes(api: Api, space: str, slices: str) -> None:
    _post(api, space, "services", _service())
    _post(api, space, "pods", _pod("a"))
    first = api.until(slices, lambda answer: _ready(answer) == ["a"], 20).body["items"][0]
    api.delete(f"{slices}/{first['metadata']['name']}")
    api.delete(f"/api/v1/namespaces/{space}/endpoints/web")
    api.until(slices, lambda answer: _ready(answer) == ["a"])
    api.until(f"/api/v1/namespaces/{space}/endpoints/web", lambda answer: answer.code == 200 and _addresses(answer) == ["a"])
    api.delete(f"/api/v1/namespaces/{space}/services/web")
    api.until(slices, lambda answer: not answer.body["items"])
    api.until(f"/api/v1/namespaces/{space}/endpoints/web", lambda answer: answer.code == 404)


def test_a_service_without_a_selector_is_left_alone(api: Api, space: str, slices: str) -> None:
    _post(
        api, space, "endpoints", {"metadata": {"name": "own"}, "subsets": [{"addresses": [{"ip": "192.0.2.1"}], "ports": [{"port": 80}]}]}
    )
    _post(api, space, "services", _service("own", selector=None, ports=[{"port": 80}]))
    _post(api, space, "services", _service())
    api.until(slices, lambda answer: answer.body["items"])
    names = {item["metadata"]["labels"]["kubernetes.io/service-name"] for item in api.get(slices).body["items"]}
    assert names == {"web"}
    assert api.get(f"/api/v1/namespaces/{space}/endpoints/own").body["subsets"][0]["addresses"][0]["ip"] == "192.0.2.1"
