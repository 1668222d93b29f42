"""The real kubectl against the embedded server and against a real control plane, with simulated nodes beside each."""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from sandbox.processes import spawn, stop

SERVERS = [
    pytest.param("sandbox", marks=[pytest.mark.xdist_group("kubectl-sandbox"), pytest.mark.kubectl]),
    pytest.param("control-plane", marks=[pytest.mark.xdist_group("kubectl-control-plane"), pytest.mark.kubectl, pytest.mark.control_plane]),
]
PATIENCE = 60.0


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark of this suite."""
    config.addinivalue_line("markers", "since(minor, reason): real API servers older than 1.<minor> lack it")


@dataclass(frozen=True)
class Kubectl:
    """Runs kubectl in one namespace; a call returns what it printed."""

    kubeconfig: Path
    cache: Path
    namespace: str = "default"
    minor: int = 34
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """One command, whatever comes of it."""
        own = {"KUBECONFIG": str(self.kubeconfig), "HOME": str(self.cache), **self.environment}
        command = ["kubectl", "--namespace", self.namespace, "--cache-dir", str(self.cache), *arguments]
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, env={**os.environ, **own}, check=False)

    def __call__(self, *arguments: str, stdin: str = "") -> str:
        """What a command prints, which must succeed."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}{done.stdout}"
        return done.stdout

    def fails(self, *arguments: str, stdin: str = "") -> str:
        """What a command complains of, which must fail."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode != 0, f"kubectl {' '.join(arguments)}: {done.stdout}"
        return done.stderr

    def json(self, *arguments: str) -> Any:
        """The object that a command prints with `-o json`."""
        return json.loads(self(*arguments, "-o", "json"))

    def apply(self, *objects: dict[str, Any], options: tuple[str, ...] = ()) -> str:
        """`kubectl apply -f -`."""
        return self("apply", *options, "-f", "-", stdin="\n".join(map(json.dumps, objects)))

    def until(self, holds: Callable[[str], Any], *arguments: str) -> str:
        """Repeat a command until what it prints is as expected."""
        end = time.monotonic() + PATIENCE
        while not holds(printed := self.run(*arguments).stdout):
            assert time.monotonic() < end, f"kubectl {' '.join(arguments)}: {printed}"
            time.sleep(0.1)
        return printed

    def within(self, **environment: str) -> "Kubectl":
        """The same with more in its environment."""
        return replace(self, environment={**self.environment, **environment})


@pytest.fixture(scope="package", params=SERVERS)
def everywhere(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    """kubectl for a running cluster, one for the whole suite."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    with (EmbeddedCluster if request.param == "sandbox" else ControlPlane)(folder) as cluster:
        command = [sys.executable, "-m", "sandbox", "simulate", "--kubeconfig", str(cluster.kubeconfig_path), "--serving", "off"]
        process = spawn(command, folder / "simulate.log")
        minor = cluster.binaries.version[1] if isinstance(cluster, ControlPlane) else 34
        kubectl = Kubectl(cluster.kubeconfig_path, folder / "cache", minor=minor)
        kubectl.until(lambda printed: " Ready " in printed and "NotReady" not in printed, "get", "nodes")
        # Until then kubectl tells on every call that these groups cannot be discovered yet.
        for group in ("metrics.k8s.io", "external.metrics.k8s.io"):
            kubectl.until(lambda printed: "APIResourceList" in printed, "get", "--raw", f"/apis/{group}/v1beta1")
        yield kubectl
        stop(process, 3)


@pytest.fixture
def kubectl(everywhere: Kubectl) -> Kubectl:
    """kubectl in a fresh namespace that is ready for pods."""
    name = f"k-{secrets.token_hex(4)}"
    everywhere("create", "namespace", name)
    own = replace(everywhere, namespace=name)
    own.until(lambda printed: "pod/probe" in printed, "run", "probe", "--image=example.org/app:1", "--dry-run=server", "-o", "name")
    return own


@pytest.fixture(autouse=True)
def _since(request: pytest.FixtureRequest) -> None:
    """`@pytest.mark.since(minor, reason)`: older real servers lack it."""
    mark = request.node.get_closest_marker("since")
    if mark is not None and request.getfixturevalue("everywhere").minor < mark.args[0]:
        pytest.skip(f"the API server is 1.{request.getfixturevalue('everywhere').minor}: {mark.args[1]}")
