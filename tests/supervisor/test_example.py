"""examples/namespace.sh against a running portal: it passes when all is right, and says what is not."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.supervisor.quickstart import ROOT, QuickStart

pytestmark = [pytest.mark.xdist_group("quickstart"), pytest.mark.timeout(300)]
KINDS = ("Namespace", "ResourceQuota", "LimitRange", "NetworkPolicy", "ServiceAccount", "RoleBinding")


@pytest.fixture(scope="module", params=["sandbox", pytest.param("control plane", marks=pytest.mark.control_plane)])
def portal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickStart]:
    """One portal for the examples: on the sandbox, and on a real control plane with the simulators."""
    env = {} if request.param == "sandbox" else {"KUBEBUILDER_ASSETS": os.environ["KUBEBUILDER_ASSETS"]}
    started = QuickStart(tmp_path_factory.mktemp("example") / "var", **env)
    try:
        yield started.ready()
    finally:
        started.close()


def example(portal: QuickStart, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs the example with these variables."""
    whole = {**os.environ, "PORTAL_URL": portal.url, "PORTAL_HOME": str(portal.home), **env}
    return subprocess.run([ROOT / "examples" / "namespace.sh"], env=whole, check=False, capture_output=True, text=True, timeout=120)


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The one line with which it failed."""
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_a_team_gets_its_namespace_and_sees_every_object(portal: QuickStart) -> None:
    done = example(portal, NAME="vision-right", GPUS="1")
    assert done.returncode == 0, done.stderr
    shown = done.stdout.partition("is in the cluster")[2]
    assert all(kind in shown for kind in KINDS)
    assert "taken" in refusal(example(portal, NAME="vision-right"))


WRONG: list[tuple[dict[str, str], str]] = [
    ({"GPUS": "0.5"}, "gpus"),
    ({"CPU": "-1"}, "cpu"),
    ({"NAME": "kube-system"}, "name"),
    ({"TEAM": "speech"}, "team"),
    ({"APPROVER": "alice"}, "alice could not approve"),
    ({"ASKER": "approver"}, "member or owner"),
]


def test_what_is_wrong_ends_it_with_one_line(portal: QuickStart) -> None:
    for env, words in WRONG:
        assert words in refusal(example(portal, **{"NAME": "vision-wrong", **env}))


def test_without_a_portal_it_says_how_to_start_one(tmp_path: Path) -> None:
    env = {**os.environ, "PORTAL_HOME": str(tmp_path)}
    done = subprocess.run([ROOT / "examples" / "namespace.sh"], env=env, check=False, capture_output=True, text=True, timeout=20)
    assert "make run" in refusal(done)
