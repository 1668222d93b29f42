"""What a cluster would say to a pod: asked by a dry run and nothing else, and told apart by what has to be changed."""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from kube.connect import Api, connect
from kube.kubeconfig import read_file
from kube.pod_trial import PodVerdict, try_pod
from sandbox.embedded import EmbeddedCluster
from tests.contract.objects import pod, restricted
from tests.kube.fake_server import head, serving

SERVERS = [
    pytest.param("sandbox", marks=pytest.mark.xdist_group("kube-sandbox")),
    pytest.param("control-plane", marks=[pytest.mark.xdist_group("kube_control_plane"), pytest.mark.control_plane]),
]


@pytest.fixture(scope="module", params=SERVERS)
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """An administrator of either server."""
    with ExitStack() as stack:
        if request.param == "sandbox":
            path = stack.enter_context(EmbeddedCluster(tmp_path_factory.mktemp("sandbox"))).kubeconfig_path
        else:
            path = request.getfixturevalue("control_plane").kubeconfig_path
        made = connect(read_file(path), timeout=10)
        yield made
        made.close()


@pytest.fixture
def space(api: Api) -> str:
    """A namespace at the level `restricted` that is ready for pods."""
    name = f"t-{secrets.token_hex(4)}"
    levels = {"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/enforce-version": "v1.29"}
    api.request("POST", "/api/v1/namespaces", body={"metadata": {"name": name, "labels": levels}})
    deadline = time.monotonic() + 15
    while tried(api, name).verdict != "accepted":
        assert time.monotonic() < deadline, tried(api, name)
        time.sleep(0.05)
    return name


def tried(api: Api, namespace: str, manifest: dict[str, Any] | None = None) -> PodVerdict:
    manifest = manifest or restricted(pod("r1"))
    return try_pod(api, {**manifest, "metadata": {**manifest["metadata"], "namespace": namespace}})


def held_back(api: Api, namespace: str, kind: str, spec: dict[str, Any], manifest: dict[str, Any]) -> PodVerdict:
    """The verdict once the cluster knows of the object that limits the namespace."""
    body = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "limit"}, "spec": spec}
    api.request("POST", f"/api/v1/namespaces/{namespace}/{kind.lower()}s", body=body)
    deadline = time.monotonic() + 15
    while (found := tried(api, namespace, manifest)).verdict == "accepted" or "status unknown" in found.message:
        assert time.monotonic() < deadline, f"the {kind} is never looked at"
        time.sleep(0.05)
    return found


def test_a_pod_that_would_be_taken_is_told_with_its_defaults_and_never_made(api: Api, space: str) -> None:
    found = tried(api, space)
    assert (found.verdict, found.cause, found.message) == ("accepted", "", "")
    assert found.pod and found.pod["spec"]["restartPolicy"] == "Always"
    assert api.request("GET", f"/api/v1/namespaces/{space}/pods")["items"] == []


def test_a_pod_of_the_same_name_is_in_nobodys_way(api: Api, space: str) -> None:
    api.request("POST", f"/api/v1/namespaces/{space}/pods", body=restricted(pod("r1")))
    assert tried(api, space).verdict == "accepted"


def test_a_quota_that_is_too_small_is_named(api: Api, space: str) -> None:
    amounts = {"cpu": "2", "memory": "1Gi"}
    found = held_back(api, space, "ResourceQuota", {"hard": {"requests.cpu": "1"}}, restricted(pod("r1", requests=amounts, limits=amounts)))
    assert (found.verdict, found.cause) == ("refused", "Quota")
    assert "requests.cpu=2" in found.message


def test_a_limit_range_is_named(api: Api, space: str) -> None:
    limits = {"limits": [{"type": "Container", "max": {"cpu": "1"}}]}
    found = held_back(api, space, "LimitRange", limits, restricted(pod("r1", requests={"cpu": "2"}, limits={"cpu": "2"})))
    assert (found.verdict, found.cause) == ("refused", "LimitRange")
    assert "maximum cpu usage per Container is 1" in found.message


def test_a_pod_that_is_none_is_refused_field_by_field(api: Api, space: str) -> None:
    broken = restricted(pod("r1", requests={"cpu": "2"}, limits={"cpu": "1"}))
    found = tried(api, space, broken)
    assert (found.verdict, found.cause) == ("refused", "Invalid")
    assert found.details and found.details[0].startswith("spec.containers[0].resources.requests: ")


def test_a_namespace_that_is_not_there_says_nothing_about_the_pod(api: Api) -> None:
    assert tried(api, "not-there").verdict == "unavailable"


def test_what_pod_security_misses_is_told_one_by_one(api: Api, space: str, request: pytest.FixtureRequest) -> None:
    if "control-plane" in request.node.callspec.id:
        pytest.skip("the API server is 1.20: Pod Security came with 1.23")
    found = tried(api, space, pod("r1"))
    assert (found.verdict, found.cause) == ("refused", "PodSecurity")
    assert [detail.split()[0] for detail in found.details] == ["allowPrivilegeEscalation", "unrestricted", "runAsNonRoot", "seccompProfile"]
    assert 'container "main"' in found.details[0]


def test_the_request_is_always_a_dry_run() -> None:
    with serving([head(201, "Connection: close", body=b'{"kind":"Pod"}')]) as (fake, script):
        assert tried(fake, "n").verdict == "accepted"
    line = script.requests[0].split(b"\r\n", 1)[0].decode()
    assert line.startswith("POST /api/v1/namespaces/n/pods?") and "dryRun=All" in line


REFUSALS = {
    "a webhook": (403, 'admission webhook "check.example.com" denied the request: no', "refused", "Webhook"),
    "a webhook that is down": (500, 'Internal error occurred: failed calling webhook "x": refused', "unavailable", "Webhook"),
    "a webhook without dry run": (400, 'admission webhook "x" does not support dry run', "unavailable", "Webhook"),
    "no right to ask": (403, 'pods is forbidden: User "slipway" cannot create resource "pods"', "refused", "Forbidden"),
    "a busy server": (429, "too many requests", "unavailable", "Other"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_other_refusals_are_told_in_the_servers_words(what: str) -> None:
    code, message, verdict, cause = REFUSALS[what]
    body = json.dumps({"kind": "Status", "apiVersion": "v1", "message": message}).encode()
    with serving([head(code, "Connection: close", body=body)]) as (fake, _):
        found = tried(fake, "n")
    assert (found.verdict, found.cause, found.message) == (verdict, cause, message)


def test_only_a_pod_is_tried() -> None:
    with serving() as (fake, script), pytest.raises(ValueError, match="no Pod"):
        try_pod(fake, {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "n"}})
    assert script.requests == []
