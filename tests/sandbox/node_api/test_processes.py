"""Pods whose images are known run as real processes: reached, probed, bounded, ended."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from sandbox.local.leftovers import Leftovers
from sandbox.nodes.address import machine_address
from sandbox.processes import spawn
from tests.contract.client import Api
from tests.contract.objects import config_map, container, pod
from tests.sandbox.node_api.conftest import Server, is_running

ECHO, TICKER = "sandbox.slipway.dev/echo:1", "sandbox.slipway.dev/ticker:1"
NOTES = "sandbox.slipway.dev/"
HOG = "import time; data = [bytearray(8 << 20) for _ in range(64)]; time.sleep(60)"


def _pod(name: str, *containers: object, **spec: object) -> dict:  # type: ignore[type-arg]
    body = pod(name, terminationGracePeriodSeconds=3, **spec)
    body["spec"]["containers"] = list(containers)
    return body


def _echo(**more: object) -> object:
    probe = {"httpGet": {"path": "/healthz", "port": "web"}, "periodSeconds": 1}
    return container(image=ECHO, ports=[{"name": "web", "containerPort": 8080}], readinessProbe=probe, **more)


def _of_pod(name: str) -> list[psutil.Process]:
    """The processes of a pod, by the name that they were given."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("HOSTNAME") == name and process.environ().get("HOST") == machine_address():
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.usefixtures("nodes")
def test_a_known_image_runs_and_can_be_reached(api: Api, space: str) -> None:
    assert api.post(f"{space}/configmaps", config_map("words", {"hello": "from a map"})).code == 201
    env = [{"name": "GREETING", "valueFrom": {"configMapKeyRef": {"name": "words", "key": "hello"}}}]
    assert api.post(f"{space}/pods", _pod("a", _echo(env=env))).code == 201
    body = api.until(f"{space}/pods/a", is_running, 30).body
    notes = body["metadata"]["annotations"]
    port = json.loads(notes[f"{NOTES}ports"])["8080"]
    assert f"{NOTES}simulated" not in notes and body["status"]["podIP"] == machine_address()
    answer = api.get(f"{space}/pods/a:{port}/proxy/some/path")
    assert (answer.body["path"], answer.body["greeting"]) == ("/some/path", "from a map")
    assert api.get(f"{space}/pods/a/log").body.splitlines()[0] == f"listening on {machine_address()}:{port}"
    api.delete(f"{space}/pods/a")
    api.until(f"{space}/pods/a", lambda answer: answer.code == 404, 20)
    assert api.get(f"{space}/pods/a:{port}/proxy/").code != 200


@pytest.mark.usefixtures("nodes")
def test_its_exit_and_its_former_log_are_kept(api: Api, space: str) -> None:
    body = _pod("a", container(image=TICKER, args=["2"]))
    body["metadata"]["annotations"] = {f"{NOTES}back-off-seconds": "1"}
    assert api.post(f"{space}/pods", body).code == 201
    api.until(
        f"{space}/pods/a", lambda answer: ((answer.body["status"].get("containerStatuses") or [{}])[0].get("restartCount") or 0) >= 1, 30
    )
    assert api.get(f"{space}/pods/a/log", previous="true").body.splitlines() == ["tick 1", "tick 2"]
    last = api.get(f"{space}/pods/a").body["status"]["containerStatuses"][0]["lastState"]["terminated"]
    assert (last["exitCode"], last["reason"]) == (0, "Completed")


@pytest.mark.usefixtures("nodes")
def test_a_pod_is_never_half_real(api: Api, space: str) -> None:
    assert api.post(f"{space}/pods", _pod("half", container(image=TICKER), container("other"))).code == 201
    body = api.until(f"{space}/pods/half", is_running, 30).body
    assert body["metadata"]["annotations"][f"{NOTES}simulated"] == "true" and _of_pod("half") == []


@pytest.fixture
def simulate(server: Server, tmp_path: Path) -> list[str]:
    """A command of a simulator with one small node of its own, two processes at most and an image that needs much memory."""
    (tmp_path / "pools.yaml").write_text('pools: [{name: own, count: 1, cpu: "8", memory: 8Gi}]')
    (tmp_path / "images.yaml").write_text(json.dumps({"images": {"example.org/hog:1": [sys.executable, "-c", HOG]}}))
    options = ["--pools", str(tmp_path / "pools.yaml"), "--images", str(tmp_path / "images.yaml"), "--processes", "2"]
    # A folder of its own: beside it another simulator of this cluster may run.
    (tmp_path / "kubeconfig").write_bytes(server.kubeconfig_path.read_bytes())
    options += ["--scheduler", "off", "--controllers", "off", "--serving", "off", "--kubeconfig", str(tmp_path / "kubeconfig")]
    return [sys.executable, "-m", "sandbox", "simulate", *options]


def test_bounds_hold_and_nothing_is_left_behind(api: Api, space: str, simulate: list[str], tmp_path: Path) -> None:
    node = {"nodeName": "sandbox-own-1", "tolerations": [{"operator": "Exists"}], "restartPolicy": "Never"}
    first = spawn(simulate, tmp_path / "first.log")
    try:
        api.until("/api/v1/nodes/sandbox-own-1", lambda answer: answer.code == 200, 20)
        hog = container(image="example.org/hog:1", resources={"limits": {"memory": "128Mi", "cpu": "1"}})
        assert api.post(f"{space}/pods", _pod("hog", hog, **node)).code == 201
        ended = api.until(f"{space}/pods/hog", lambda answer: answer.body["status"]["phase"] == "Failed", 30).body
        last = ended["status"]["containerStatuses"][0]["state"]["terminated"]
        assert (last["exitCode"], last["reason"]) == (137, "OOMKilled")
        names = [f"{space[-8:]}-{number}" for number in range(3)]
        for name in names:
            assert api.post(f"{space}/pods", _pod(name, container(image=TICKER), **node)).code == 201
        refused = _one_waits(api, space, names)
        assert refused["reason"] == "OutOfprocesses" and "as many as may" in refused["message"]
        running = [process for name in names for process in _of_pod(name)]
        assert len(running) == 2
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    _, alive = psutil.wait_procs(running, timeout=5)
    assert alive == []


def _one_waits(api: Api, space: str, names: list[str]) -> dict[str, str]:
    end = time.monotonic() + 30
    while True:
        states = [(api.get(f"{space}/pods/{name}").body["status"].get("containerStatuses") or [{}])[0].get("state", {}) for name in names]
        waiting = [state["waiting"] for state in states if state.get("waiting", {}).get("message")]
        if len(waiting) == 1 and len([state for state in states if "running" in state]) == 2:
            return waiting[0]
        assert time.monotonic() < end, states
        time.sleep(0.1)


def test_what_outlived_a_killed_simulator_is_ended_by_the_next(tmp_path: Path) -> None:
    child = "import subprocess, time; subprocess.Popen(['sleep', '60']); print('up', flush=True); time.sleep(60)"
    leader = subprocess.Popen([sys.executable, "-c", child], start_new_session=True, stdout=subprocess.PIPE)
    bystander = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        assert leader.stdout and leader.stdout.readline()
        session = [leader.pid, *[each.pid for each in psutil.Process(leader.pid).children()]]
        assert len(session) == 2
        Leftovers(tmp_path).remember(leader.pid)
        (tmp_path / str(bystander.pid)).write_text("1")
        Leftovers(tmp_path).end_all()
        leader.wait(5)
        _, alive = psutil.wait_procs([psutil.Process(pid) for pid in session if psutil.pid_exists(pid)], timeout=5)
        assert alive == [] and bystander.poll() is None and list(tmp_path.iterdir()) == []
    finally:
        for each in (leader, bystander):
            each.kill()
            each.wait()
