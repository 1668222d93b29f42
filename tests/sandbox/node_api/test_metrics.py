"""The metrics APIs, through API aggregation of the embedded and a real API server."""

import json
import ssl
import urllib.error
import urllib.request

import pytest

from tests.contract.client import MERGE, Api
from tests.contract.objects import pod
from tests.sandbox.node_api.conftest import Kubectl, Server, is_running

pytestmark = pytest.mark.usefixtures("nodes")
METRICS, EXTERNAL = "/apis/metrics.k8s.io/v1beta1", "/apis/external.metrics.k8s.io/v1beta1"
SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"
NOTES = "sandbox.slipway.dev/"


@pytest.fixture(autouse=True)
def available(api: Api) -> None:
    """Both APIs are there."""
    for path in (METRICS, EXTERNAL):
        api.until(path, lambda answer: answer.code == 200, 30)


def _running(api: Api, space: str, name: str, label: str, **notes: str) -> None:
    body = pod(name, requests={"cpu": "500m", "memory": "64Mi"})
    body["metadata"] |= {"labels": {"app": label}, "annotations": {NOTES + key: value for key, value in notes.items()}}
    assert api.post(f"{space}/pods", body).code == 201
    api.until(f"{space}/pods/{name}", is_running, 30)


def _of(space: str, name: str = "") -> str:
    return f"{METRICS}/namespaces/{space.rpartition('/')[2]}/pods" + (f"/{name}" if name else "")


def test_pods_tell_what_they_use(api: Api, space: str) -> None:
    _running(api, space, "a", "x", cpu="250m", memory="50Mi")
    _running(api, space, "b", "y")
    one = api.until(_of(space, "a"), lambda answer: answer.code == 200).body
    assert one["kind"] == "PodMetrics" and one["window"] and one["timestamp"] and one["metadata"]["labels"] == {"app": "x"}
    assert one["containers"] == [{"name": "main", "usage": {"cpu": "250000000n", "memory": "51200Ki"}}]
    assert {each["metadata"]["name"] for each in api.get(_of(space)).body["items"]} == {"a", "b"}
    assert [each["metadata"]["name"] for each in api.get(_of(space), labelSelector="app=y").body["items"]] == ["b"]
    missing = api.get(_of(space, "none"))
    assert (missing.code, missing.message) == (404, 'podmetrics.metrics.k8s.io "none" not found')


def test_a_node_uses_what_its_pods_do(api: Api, space: str, nodes: list[str]) -> None:
    _running(api, space, "a", "x", cpu="3", memory="300Mi")
    node = api.get(f"{space}/pods/a").body["spec"]["nodeName"]
    used = api.get(f"{METRICS}/nodes/{node}").body["usage"]
    assert int(used["cpu"].removesuffix("n")) >= 3_000_000_000 and int(used["memory"].removesuffix("Ki")) >= 300 * 1024
    assert {each["metadata"]["name"] for each in api.get(f"{METRICS}/nodes").body["items"]} == set(nodes)


def test_kubectl_top_shows_both(api: Api, space: str, kubectl: Kubectl, nodes: list[str]) -> None:
    _running(api, space, "a", "x", cpu="250m", memory="50Mi")
    assert kubectl("top", "pod", "a", "--no-headers").split() == ["a", "250m", "50Mi"]
    rows = {line.split()[0]: line.split() for line in kubectl("top", "node", "--no-headers").splitlines()}
    assert set(rows) == set(nodes) and all(row[2].endswith("%") for row in rows.values())


def test_external_metrics_come_from_the_namespace(api: Api, space: str) -> None:
    name = space.rpartition("/")[2]
    metric = f"{EXTERNAL}/namespaces/{name}/queue-length"
    assert api.get(metric).code == 404
    values = {"queue-length": [{"labels": {"queue": "a"}, "value": "30"}, {"labels": {"queue": "b"}, "value": 1.5}]}
    note = {f"{NOTES}external-metrics": json.dumps(values)}
    assert api.patch(space, {"metadata": {"annotations": note}}, MERGE).code == 200
    items = api.until(metric, lambda answer: answer.code == 200).body["items"]
    assert [(each["metricLabels"], each["value"]) for each in items] == [({"queue": "a"}, "30"), ({"queue": "b"}, "1500m")]
    assert [each["value"] for each in api.get(metric, labelSelector="queue=b").body["items"]] == ["1500m"]
    assert "queue-length" in [each["name"] for each in api.get(EXTERNAL).body["resources"]]


def test_the_groups_are_discovered(api: Api, kubectl: Kubectl) -> None:
    groups = {group["name"] for group in api.get("/apis").body["groups"]}
    assert {"metrics.k8s.io", "external.metrics.k8s.io"} <= groups
    assert api.get("/apis/metrics.k8s.io").body["preferredVersion"]["groupVersion"] == "metrics.k8s.io/v1beta1"
    assert "PodMetrics" in kubectl("api-resources")
    conditions = api.get(f"{SERVICES}/v1beta1.metrics.k8s.io").body["status"]["conditions"]
    assert [(each["type"], each["status"], each["reason"]) for each in conditions] == [("Available", "True", "Passed")]


def test_the_rights_on_the_group_are_asked_first(api: Api, space: str) -> None:
    assert api.post(f"{space}/serviceaccounts", {"metadata": {"name": "nobody"}}).code == 201
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    nobody = api.as_token(api.post(f"{space}/serviceaccounts/nobody/token", body).body["status"]["token"])
    refused = nobody.get(_of(space))
    assert refused.code == 403 and 'cannot list resource "pods" in API group "metrics.k8s.io"' in refused.message


def test_only_the_front_proxy_is_heard(api: Api, server: Server) -> None:
    subset = api.get("/api/v1/namespaces/kube-system/endpoints/sandbox-metrics").body["subsets"][0]
    url = f"https://{subset['addresses'][0]['ip']}:{subset['ports'][0]['port']}{METRICS}/nodes"
    pairs = {
        200: (server.certificates.front_proxy_client, server.certificates.front_proxy_client_key),
        0: (server.certificates.kubelet_client, server.certificates.kubelet_client_key),
        401: None,
    }
    assert {expected: _code(url, files) for expected, files in pairs.items()} == {expected: expected for expected in pairs}


def _code(url: str, files: object) -> int:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if files:
        context.load_cert_chain(*files)
    try:
        with urllib.request.urlopen(url, context=context, timeout=5) as answer:  # noqa: S310  our own server
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (urllib.error.URLError, ssl.SSLError, ConnectionError):
        return 0
