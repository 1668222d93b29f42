"""The embedded server and a bare kube-apiserver, each with `simulate` beside it, which can be stopped and started again."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sandbox.binaries import find_binaries
from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from sandbox.processes import spawn, stop
from tests.contract.client import Answer, Api
from tests.contract.objects import container
from tests.contract.objects import pod as make_pod

Object = dict[str, Any]
PREFIX = "sandbox.slipway.dev/"
NODES = 7
# One worker serves each: starting a control plane costs seconds.
SERVERS = [
    pytest.param("sandbox", marks=pytest.mark.xdist_group("pods-sandbox")),
    pytest.param("bare", marks=[pytest.mark.xdist_group("pods-bare"), pytest.mark.control_plane]),
]


@dataclass
class Simulator:
    """`simulate` as a process, with a scenario file of its own."""

    kubeconfig: Path
    scenarios: Path
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        command = [sys.executable, "-m", "sandbox", "simulate", "--kubeconfig", str(self.kubeconfig), "--scenarios", str(self.scenarios)]
        command += ["--serving", "off"]
        # A node that is away is to be missed soon; those that are there speak every ten seconds.
        environment = {**os.environ, "SANDBOX_NODE_GRACE_SECONDS": "15"}
        self.process = spawn([*command, "--scheduler", "on", "--controllers", "on"], self.log, env=environment)

    def stop(self) -> None:
        stop(self.process, 5)


@dataclass(frozen=True)
class World:
    """The admin of a cluster, a fresh namespace in it, and its simulator."""

    api: Api
    space: str
    simulator: Simulator

    @property
    def pods(self) -> str:
        return f"/api/v1/namespaces/{self.space}/pods"

    def create(self, name: str = "a", *containers: Object, notes: Object | None = None, labels: Object | None = None, **spec: Any) -> str:
        """A pod; `notes` are scenario annotations without their prefix. Returns its path."""
        body = make_pod(name, **({"containers": list(containers)} if containers else {}), **spec)
        body["metadata"] |= {"annotations": {PREFIX + key: value for key, value in (notes or {}).items()}, "labels": labels or {}}
        answer = self.api.post(self.pods, body)
        assert answer.code == 201, answer
        return f"{self.pods}/{name}"

    def until(self, path: str, holds: Callable[[Object], Any], seconds: float = 15) -> Object:
        """The object once `holds`; objects that are not there are not looked at."""
        body: Object = self.api.until(path, lambda answer: answer.code == 200 and holds(answer.body), seconds).body
        return body

    def event(self, name: str, reason: str, part: str = "") -> Object:
        """The event of this reason about an object; `part` is to be in its message."""

        def found(answer: Answer) -> list[Object]:
            return [each for each in answer.body["items"] if each["reason"] == reason and _is_about(each, name) and part in each["message"]]

        return found(self.api.until(f"/api/v1/namespaces/{self.space}/events", found))[0]


@pytest.fixture(scope="package", params=SERVERS)
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Api, Simulator]]:
    folder: Path = tmp_path_factory.mktemp(request.param)
    with (
        EmbeddedCluster(folder)
        if request.param == "sandbox"
        else ControlPlane(folder, assets=_bare(folder), custom_objects=False) as running
    ):
        access, scenarios = read_kubeconfig(running.kubeconfig_path), folder / "scenarios.yaml"
        assert access.ca_pem
        api = Api(access.server, access.ca_pem, access.token)
        scenarios.write_text("scenarios: []\n")
        simulator = Simulator(running.kubeconfig_path, scenarios, folder / "simulate.log")
        simulator.start()
        try:
            api.until("/api/v1/nodes", lambda answer: len([each for each in answer.body["items"] if takes_pods(each)]) == NODES, 30)
            yield api, simulator
        finally:
            simulator.stop()


@pytest.fixture
def world(cluster: tuple[Api, Simulator]) -> Iterator[World]:
    """A namespace that takes pods; it is deleted afterwards."""
    api, simulator = cluster
    made = World(api, f"p-{secrets.token_hex(4)}", simulator)
    assert api.post("/api/v1/namespaces", {"metadata": {"name": made.space}}).code == 201
    end = time.monotonic() + 15
    while api.post(made.pods, make_pod("probe"), dryRun="All").code != 201:
        assert time.monotonic() < end
        time.sleep(0.02)
    yield made
    api.delete(f"/api/v1/namespaces/{made.space}")


def condition(pod: Object, kind: str) -> Object:
    """The pod's (or node's) condition of this type, empty if it has none."""
    conditions = (pod.get("status") or {}).get("conditions") or []
    return next((each for each in conditions if each["type"] == kind), {})


def is_ready(pod: Object) -> bool:
    return condition(pod, "Ready").get("status") == "True"


def status(pod: Object, name: str = "main") -> Object:
    """The container's status."""
    state = pod.get("status") or {}
    every = [*(state.get("initContainerStatuses") or []), *(state.get("containerStatuses") or [])]
    return next((each for each in every if each["name"] == name), {"state": {}, "lastState": {}, "restartCount": 0, "ready": False})


def waits(pod: Object, reason: str, name: str = "main") -> bool:
    """Whether the container waits for this reason."""
    return bool((status(pod, name)["state"].get("waiting") or {}).get("reason") == reason)


def named(name: str, **more: Any) -> Object:
    """A container."""
    return container(name, **more)


def takes_pods(node: Object) -> bool:
    taints = [taint["key"] for taint in node["spec"].get("taints") or []]
    return condition(node, "Ready").get("status") == "True" and "node.kubernetes.io/not-ready" not in taints


def _is_about(event: Object, name: str) -> bool:
    return bool(event["involvedObject"]["name"] == name)


def _bare(folder: Path) -> Path:
    """A folder with etcd and kube-apiserver alone, of those in $KUBEBUILDER_ASSETS."""
    binaries, bare = find_binaries(), folder / "assets"
    bare.mkdir()
    for name, path in (("etcd", binaries.etcd), ("kube-apiserver", binaries.api_server)):
        (bare / name).symlink_to(path.resolve())
    return bare
