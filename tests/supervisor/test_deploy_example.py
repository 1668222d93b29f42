"""examples/deploy.sh against a running portal, with a model that nobody has seen and inputs drawn at random."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.supervisor.quickstart import ROOT, QuickStart

pytestmark = [pytest.mark.registry, pytest.mark.xdist_group("quickstart"), pytest.mark.timeout(400)]
MODEL, PATIENCE = "never-seen", 120


@pytest.fixture(scope="module", params=["sandbox", pytest.param("control plane", marks=pytest.mark.control_plane)])
def portal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickStart]:
    """A portal with a model registry of its own: on the sandbox, and on a real control plane with the simulators."""
    env = {} if request.param == "sandbox" else {"KUBEBUILDER_ASSETS": os.environ["KUBEBUILDER_ASSETS"]}
    started = QuickStart(tmp_path_factory.mktemp("deploy") / "var", PORTAL_MODELS="on", **env)
    try:
        yield started.ready()
    finally:
        started.close()


@pytest.fixture(scope="module")
def unseen(portal: QuickStart) -> dict[str, Any]:
    """Two versions trained at random in the portal's registry, and what their own predict says of some random rows."""
    address = f"http://127.0.0.1:{(portal.home / 'mlflow' / 'port').read_text()}"
    until(portal, lambda found: found["count"] > 0, "models/")
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    command = [sys.executable, "-m", "tests.deployments.unseen", address, MODEL, "vision", str(seed)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=PATIENCE)
    until(portal, lambda found: found["count"] == 2, f"models/{MODEL}/versions/")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def until(portal: QuickStart, holds: Any, path: str) -> None:
    """Returns when what alice sees there is so."""
    deadline = time.monotonic() + PATIENCE
    while True:
        status, text = portal.get(f"/api/v1/{path}", token=portal.credentials()["alice"]["token"])
        if status == 200 and holds(json.loads(text)):
            return
        assert time.monotonic() < deadline, text
        time.sleep(0.5)


def example(portal: QuickStart, unseen: dict[str, Any], **env: str) -> subprocess.CompletedProcess[str]:
    """Runs the example with the unseen model and these variables."""
    asked = {"MODEL": MODEL, "VERSION": "1", "CHALLENGER": "2", "INPUT": json.dumps(unseen["rows"])}
    told = {"EXPECT": json.dumps(unseen["champion"]), "CHALLENGER_EXPECT": json.dumps(unseen["challenger"])}
    whole = {**os.environ, "PORTAL_URL": portal.url, "PORTAL_HOME": str(portal.home), **asked, **told, **env}
    return subprocess.run([ROOT / "examples" / "deploy.sh"], env=whole, check=False, capture_output=True, text=True, timeout=240)


def test_an_unseen_model_is_served_tried_promoted_taken_back_and_deleted(portal: QuickStart, unseen: dict[str, Any]) -> None:
    done = example(portal, unseen, NAME="right")
    assert done.returncode == 0, done.stderr
    shown = done.stdout
    assert "as the candidate with 20 %: of 500 answers" in shown and "promoted: revision 2 answers alone" in shown
    assert "rolled back: revision 3 repeats revision 1" in shown and shown.endswith("deleted\n")


WRONG: list[tuple[dict[str, str], str]] = [
    ({"MODEL": "not-there"}, "no model not-there"),
    ({"CPU": "-1"}, "cpu_request"),
    ({"NAME": "Not_Good"}, "name"),
    ({"INPUT": "{"}, "INPUT cannot be used"),
    ({"EXPECT": "[1e9]"}, "is expected"),
]


@pytest.mark.parametrize("portal", ["sandbox"], indirect=True)
def test_what_is_wrong_ends_it_with_one_line(portal: QuickStart, unseen: dict[str, Any]) -> None:
    for env, words in WRONG:
        done = example(portal, unseen, **{"NAME": "wrong", **env})
        assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
        assert words in done.stderr
