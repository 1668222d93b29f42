"""The command line and the process: start, stop, refusals, what a killed parent leaves behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from sandbox.processes import free_ports
from tests.contract.client import Api


def _gone(pid: int, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


def test_a_second_server_on_the_same_data_is_refused(cluster: EmbeddedCluster) -> None:
    command = [sys.executable, "-m", "sandbox", "serve", "--data", str(cluster.data_dir), "--kubeconfig", str(cluster.data_dir / "k2")]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert answer.returncode == 1 and "another sandbox serves" in answer.stderr and len(answer.stderr.splitlines()) == 1


def test_a_taken_port_is_said_in_one_line(cluster: EmbeddedCluster, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "serve", "--data", str(tmp_path / "other"), "--port", str(cluster.port)]
    answer = subprocess.run([*command, "--kubeconfig", str(tmp_path / "k")], capture_output=True, text=True, timeout=20)
    assert answer.returncode == 1 and f"port {cluster.port} is taken" in answer.stderr and len(answer.stderr.splitlines()) == 1


def test_a_stop_ends_open_watches_quickly(cluster: EmbeddedCluster, api: Api) -> None:
    events = api.watch("/api/v1/configmaps", 60)
    next(events)
    start = time.monotonic()
    cluster.stop()
    assert time.monotonic() - start < 3
    list(events)


def test_a_killed_parent_leaves_no_server(tmp_path: Path) -> None:
    script = (
        "import sys, time; from sandbox.embedded import EmbeddedCluster; cluster = EmbeddedCluster(sys.argv[1]); cluster.start();"
        "print(cluster._process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert _gone(child)


def test_static_users_come_from_the_token_file(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.csv"
    tokens.write_text('secret-one,alice,1,"team-a,team-b"\n')
    with EmbeddedCluster(tmp_path / "cluster", free_ports(1)[0], token_file=tokens) as cluster:
        access = read_kubeconfig(cluster.kubeconfig_path)
        assert access.ca_pem
        alice = Api(access.server, access.ca_pem, "secret-one")
        user = alice.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {}).body["status"]["userInfo"]
        assert user["username"] == "alice" and {"team-a", "team-b", "system:authenticated"} <= set(user["groups"])


def test_a_compaction_makes_old_versions_expire(cluster: EmbeddedCluster, api: Api) -> None:
    maps = "/api/v1/namespaces/default/configmaps"
    old = api.get(maps).body["metadata"]["resourceVersion"]
    api.post(maps, {"metadata": {"name": "a"}})
    assert [event["type"] for event in api.watch(maps, 1, resourceVersion=old)] == ["ADDED"]
    cluster.compact()
    assert [event["object"]["code"] for event in api.watch(maps, 1, resourceVersion=old)] == [410]


def test_bookmarks_come_every_few_seconds(api: Api) -> None:
    maps = "/api/v1/namespaces/default/configmaps"
    start = api.get(maps).body["metadata"]["resourceVersion"]
    events = list(api.watch(maps, 6, resourceVersion=start, allowWatchBookmarks="true"))
    assert [event["type"] for event in events] == ["BOOKMARK"]


@pytest.mark.parametrize("command", ["serve", "simulate", "control-plane"])
def test_every_command_explains_itself(command: str) -> None:
    answer = subprocess.run([sys.executable, "-m", "sandbox", command, "--help"], capture_output=True, text=True, timeout=20)
    assert answer.returncode == 0 and "--kubeconfig" in answer.stdout
