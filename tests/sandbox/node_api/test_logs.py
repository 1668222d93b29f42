"""Logs of simulated containers, through the embedded and a real API server to the kubelets' endpoint."""

import json
import re
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.signing import Authority
from tests.contract.client import Api
from tests.contract.objects import container, pod
from tests.sandbox.node_api.conftest import Kubectl, Server, is_running

pytestmark = pytest.mark.usefixtures("nodes")
NOTES = "sandbox.slipway.dev/"


def _start(api: Api, space: str, name: str = "a", *, notes: dict[str, str] | None = None, **spec: object) -> None:
    body = pod(name, **spec)
    body["metadata"]["annotations"] = {NOTES + key: value for key, value in {"log-every-seconds": "0.1", **(notes or {})}.items()}
    assert api.post(f"{space}/pods", body).code == 201


def _running(api: Api, space: str, **more: object) -> None:
    _start(api, space, **more)
    api.until(f"{space}/pods/a", is_running, 30)


def test_a_log_grows_and_says_that_it_is_simulated(api: Api, space: str, kubectl: Kubectl) -> None:
    _running(api, space)
    first = kubectl("logs", "a").splitlines()
    assert "simulated" in first[0]
    end = time.monotonic() + 10
    while len(longer := kubectl("logs", "a").splitlines()) <= len(first):
        assert time.monotonic() < end
    assert longer[: len(first)] == first


def test_the_tail_and_the_youngest_lines_can_be_asked_for(api: Api, space: str, kubectl: Kubectl) -> None:
    _running(api, space)
    api.until(f"{space}/pods/a/log", lambda answer: len(answer.body.splitlines()) > 25)
    assert len(kubectl("logs", "a", "--tail=3").splitlines()) == 3
    assert kubectl("logs", "a", "--tail=0") == ""
    stamped = kubectl("logs", "a", "--since=1s", "--timestamps").splitlines()
    assert 5 <= len(stamped) <= 40
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z main: ", line) for line in stamped)
    middle = int(time.time()) - 1
    since = datetime.fromtimestamp(middle, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    late = kubectl("logs", "a", f"--since-time={since}", "--timestamps").splitlines()
    assert late and all(datetime.fromisoformat(line[:26] + "Z").timestamp() >= middle for line in late)
    assert len(kubectl("logs", "a", "--limit-bytes=10")) == 10


def test_a_followed_log_ends_with_its_container(api: Api, space: str, server: Server) -> None:
    _running(api, space, restartPolicy="Never", notes={"exit-after-seconds": "4"})
    command = ["kubectl", "--kubeconfig", str(server.kubeconfig_path), "-n", space.rpartition("/")[2], "logs", "-f", "a"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout
        lines = [following.stdout.readline() for _ in range(15)]
        assert api.get("/api/v1/namespaces/default").code == 200
        lines += following.stdout.readlines()
        assert following.wait(20) == 0
    assert lines == api.get(f"{space}/pods/a/log").body.splitlines(keepends=True) and lines[-1] == "main: done\n"


def test_the_log_of_the_container_before_the_last_restart_is_kept(api: Api, space: str, kubectl: Kubectl) -> None:
    _start(api, space, notes={"crash-after-seconds": "2", "exit-code": "3", "back-off-seconds": "1"})
    api.until(f"{space}/pods/a", is_running, 30)
    assert 'previous terminated container "main" in pod "a" not found' in kubectl("logs", "a", "--previous")
    api.until(f"{space}/pods/a", lambda answer: answer.body["status"]["containerStatuses"][0]["restartCount"] == 1, 30)
    former = kubectl("logs", "a", "--previous")
    assert "attempt 1" in former and "exit code 3" in former.splitlines()[-1]


def test_a_container_that_waits_has_no_log_and_says_why(api: Api, space: str) -> None:
    _start(api, space, notes={"start-seconds": "60"})
    api.until(f"{space}/pods/a", lambda answer: answer.body["status"].get("containerStatuses"), 20)
    refused = api.get(f"{space}/pods/a/log")
    assert refused.code == 400 and refused.message == 'container "main" in pod "a" is waiting to start: ContainerCreating'


def test_of_several_containers_one_must_be_named(api: Api, space: str) -> None:
    body = pod("a")
    body["spec"] |= {"containers": [container("b"), container("c")], "initContainers": [container("first")]}
    assert api.post(f"{space}/pods", body).code == 201
    refused = api.get(f"{space}/pods/a/log")
    expected = "a container name must be specified for pod a, choose one of: [first b c]"
    assert (refused.code, refused.message) == (400, expected)
    refused = api.get(f"{space}/pods/a/log", container="d")
    assert (refused.code, refused.message) == (400, "container d is not valid for pod a")
    api.until(f"{space}/pods/a", is_running, 30)
    assert api.get(f"{space}/pods/a/log", container="c").body.startswith("c: ")


def test_options_that_make_no_sense_are_refused(api: Api, space: str) -> None:
    _running(api, space)
    assert api.get(f"{space}/pods/a/log", tailLines=-1).code == 422
    assert api.get(f"{space}/pods/a/log", sinceSeconds=0).code == 422
    assert api.get(f"{space}/pods/a/log", sinceSeconds=3, sinceTime="2024-01-01T00:00:00Z").code == 422
    assert api.get(f"{space}/pods/none/log").code == 404


def test_a_pod_without_a_node_has_an_empty_log(api: Api, space: str) -> None:
    assert api.post(f"{space}/pods", pod("a", nodeSelector={"none": "such"})).code == 201
    answer = api.get(f"{space}/pods/a/log")
    assert answer.code in (200, 204) and answer.body == ""


def test_the_kubelet_tells_of_its_pods_and_of_what_they_use(api: Api, space: str, nodes: list[str]) -> None:
    _running(api, space)
    node = api.get(f"{space}/pods/a").body["spec"]["nodeName"]
    proxy = f"/api/v1/nodes/{node}/proxy"
    assert api.get(f"{proxy}/healthz").body == "ok"
    uid = api.get(f"{space}/pods/a").body["metadata"]["uid"]
    assert uid in [each["metadata"]["uid"] for each in api.get(f"{proxy}/pods", node=node).body["items"]]
    other = next(each for each in nodes if each != node)
    assert uid not in [each["metadata"]["uid"] for each in api.get(f"{proxy}/pods", node=other).body["items"]]
    summary = api.get(f"{proxy}/stats/summary", node=node).body
    used = next(each for each in summary["pods"] if each["podRef"]["uid"] == uid)
    assert used["containers"][0]["memory"]["workingSetBytes"] > 1_000_000 and summary["node"]["nodeName"] == node
    assert 'pod="a"' in api.get(f"{proxy}/metrics/resource").body


def _ask_kubelet(api: Api, node: str, files: tuple[Path, Path] | None) -> int:
    status = api.get(f"/api/v1/nodes/{node}").body["status"]
    address, port = status["addresses"][0]["address"], status["daemonEndpoints"]["kubeletEndpoint"]["Port"]
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if files:
        context.load_cert_chain(*files)
    try:
        with urllib.request.urlopen(f"https://{address}:{port}/pods", context=context, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (urllib.error.URLError, ssl.SSLError, ConnectionError):
        return 0


def test_only_certificates_of_the_cluster_are_heard(api: Api, server: Server, nodes: list[str], tmp_path: Path) -> None:
    certificates = server.certificates
    assert _ask_kubelet(api, nodes[0], (certificates.kubelet_client, certificates.kubelet_client_key)) == 200
    assert _ask_kubelet(api, nodes[0], None) == 401
    assert _ask_kubelet(api, nodes[0], (certificates.front_proxy_client, certificates.front_proxy_client_key)) == 0
    forged = Authority("sandbox-ca").client("kube-apiserver-kubelet-client", "system:masters")
    (tmp_path / "crt").write_bytes(forged.certificate)
    (tmp_path / "key").write_bytes(forged.key)
    assert _ask_kubelet(api, nodes[0], (tmp_path / "crt", tmp_path / "key")) == 0


def test_what_is_not_there_is_refused_clearly(api: Api, space: str, kubectl: Kubectl, server: Server) -> None:
    _running(api, space)
    assert api.post(f"{space}/pods/a/exec", None, command="ls").code >= 400
    if "slipway-sandbox" in json.dumps(api.get("/version").body):
        assert "the sandbox has no pods/exec" in kubectl("exec", "a", "--", "ls")
