"""The quick start as a newcomer meets it: everything starts, says where it is, and leaves nothing when it ends."""

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.supervisor import proc
from portal.supervisor.cluster import cluster_answers
from tests.supervisor.quickstart import ROOT, QuickStart

pytestmark = [pytest.mark.xdist_group("quickstart"), pytest.mark.timeout(300)]
DEMO = {"admin", "approver", "alice", "bob", "carol"}
STOP_SECONDS = 10


@pytest.fixture
def quickstart(tmp_path: Path) -> Iterator[QuickStart]:
    """A portal of the test's own on the sandbox."""
    portal = QuickStart(tmp_path / "var")
    try:
        yield portal.ready()
    finally:
        portal.close()


def second(portal: QuickStart, command: str = "up", **env: str) -> subprocess.CompletedProcess[str]:
    """Another command on the same data."""
    whole = {**portal.env, **env}
    return subprocess.run(
        [sys.executable, "manage.py", command], cwd=ROOT, env=whole, check=False, capture_output=True, text=True, timeout=60
    )


def test_a_newcomer_gets_a_portal_that_is_well_and_ctrl_c_leaves_no_process(quickstart: QuickStart) -> None:
    status, body = quickstart.get("/readyz")
    assert status == 200 and {check["ok"] for check in json.loads(body)["checks"].values()} == {True}
    assert quickstart.get("/healthz") == (200, "ok")
    said = quickstart.said()
    assert quickstart.url in said and "sandbox" in said
    held = quickstart.credentials()
    assert held.keys() >= DEMO and all(entry["password"] in said for entry in held.values())
    for name in ("credentials.json", "kubeconfig"):
        assert stat.S_IMODE((quickstart.home / name).stat().st_mode) == 0o600
    refused = second(quickstart, PORTAL_PORT="1")
    assert refused.returncode == 1 and refused.stderr.count("\n") == 1
    assert f"(pid {quickstart.process.pid}, {quickstart.url})" in refused.stderr
    assert second(quickstart, "clean_data").returncode == 1
    assert len(quickstart.living()) >= 7
    assert quickstart.ctrl_c() < STOP_SECONDS
    assert quickstart.process.returncode == 0 and quickstart.living() == []


def test_an_api_server_that_is_killed_comes_back_where_everybody_looks_for_it(quickstart: QuickStart) -> None:
    before = (quickstart.home / "kubeconfig").read_text()
    [server] = servers(quickstart)
    os.kill(server, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while servers(quickstart) in ([], [server]) or not cluster_answers(quickstart.home / "kubeconfig"):
        assert time.monotonic() < deadline, quickstart.said()
        time.sleep(0.1)
    assert (quickstart.home / "kubeconfig").read_text() == before
    while quickstart.get("/readyz")[0] != 200:
        assert time.monotonic() < deadline, quickstart.get("/readyz")
        time.sleep(0.2)


def servers(portal: QuickStart) -> list[int]:
    """The embedded API server's process."""
    found = []
    for pid in portal.living():
        with contextlib.suppress(OSError):
            if b"sandbox\0serve" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def test_after_a_kill_nothing_is_left_and_the_data_stay_until_they_are_cleaned(quickstart: QuickStart) -> None:
    before = quickstart.credentials()
    quickstart.process.kill()
    quickstart.process.wait()
    quickstart.again()
    killed, running = quickstart.runs
    assert killed != running and list(proc.marked(killed)) == []
    assert quickstart.credentials() == before
    quickstart.ctrl_c()
    assert quickstart.living() == []
    (quickstart.home / "theirs.txt").write_text("kept")
    assert second(quickstart, "clean_data").returncode == 0
    left = {path.name for path in quickstart.home.iterdir()}
    assert "theirs.txt" in left and not left & {"credentials.json", "slipway.sqlite3", "sandbox", "log"}


def test_a_wrong_setting_is_one_line(tmp_path: Path) -> None:
    wrong = {"SLIPWAY_WORKER_SLOTS": "many", "PORTAL_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "manage.py", "up"], cwd=ROOT, env=wrong, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "SLIPWAY_WORKER_SLOTS" in done.stderr
