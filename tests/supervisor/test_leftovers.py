"""A supervisor that is killed leaves nothing: most ends with it, the rest at the next start."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.supervisor import proc
from portal.supervisor.failure import CannotStart
from portal.supervisor.state import Record, RunFolder, leftovers
from tests.supervisor.conftest import until

ROOT = Path(__file__).resolve().parents[2]
SLEEP = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
HOLDER = """
import os, sys, time
from pathlib import Path
from portal.supervisor.child import Role
from portal.supervisor.state import Record, RunFolder
from portal.supervisor.supervisor import Supervisor
folder = RunFolder(Path(sys.argv[1])); folder.lock()
record = Record(os.getpid(), sys.argv[2], "http://127.0.0.1:18199")
supervisor = Supervisor(folder, record, env=dict(os.environ), log_folder=Path(sys.argv[1]), say=print)
supervisor.start(Role("web", (sys.executable, "-S", "-c", sys.argv[3])))
print("started", flush=True)
time.sleep(60)
"""


class Holder:
    """Another process that supervises a role on the data folder."""

    def __init__(self, home: Path, code: str) -> None:
        self.run = f"test-{os.getpid()}-{id(self)}"
        command = [sys.executable, "-c", HOLDER, str(home), self.run, code]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout and self.process.stdout.readline() == "started\n"
        log = home / "web.log"
        assert until(lambda: log.exists() and "up" in log.read_text()), "killed earlier, the child would end for another reason"

    @property
    def living(self) -> list[int]:
        return list(proc.marked(self.run))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.kill()
        proc.end(self.living, 0)


@pytest.fixture
def holders() -> Iterator[list[Holder]]:
    made: list[Holder] = []
    yield made
    for holder in made:
        holder.close()


def test_children_end_with_a_killed_supervisor(tmp_path: Path, holders: list[Holder]) -> None:
    holders.append(holder := Holder(tmp_path, SLEEP))
    holder.kill()
    assert until(lambda: not holder.living, 5)


def test_the_next_start_ends_what_a_killed_one_left(tmp_path: Path, holders: list[Holder], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.supervisor.state.LEFTOVER_SECONDS", 0.3)
    holders.append(holder := Holder(tmp_path, STUBBORN))
    holder.kill()
    assert not until(lambda: not holder.living, 1), "this one ignores the signal that the kernel sends"
    folder = RunFolder(tmp_path)
    folder.lock()
    assert folder.end_leftovers() == 1
    assert holder.living == [] and folder.read() is None


def test_a_process_that_got_the_number_of_a_dead_child_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        started = proc.start_time(stranger.pid)
        assert started is not None
        record = Record(1, "of-nobody", "http://127.0.0.1:18199", [("web", stranger.pid, started - 100)])
        assert leftovers(record) == set()
    finally:
        stranger.kill()
        stranger.wait()


def test_a_second_start_on_the_same_data_is_refused_by_pid_and_address(tmp_path: Path, holders: list[Holder]) -> None:
    holders.append(holder := Holder(tmp_path, SLEEP))
    with pytest.raises(CannotStart) as refusal:
        RunFolder(tmp_path).lock()
    assert f"(pid {holder.process.pid}, http://127.0.0.1:18199)" in str(refusal.value)
    assert "\n" not in str(refusal.value) and "PORTAL_HOME" in str(refusal.value)


def test_a_start_waits_for_the_one_before_it_that_is_stopping(tmp_path: Path, holders: list[Holder]) -> None:
    holders.append(holder := Holder(tmp_path, SLEEP))
    folder = RunFolder(tmp_path)
    record = folder.read()
    assert record is not None
    record.stopping = True
    folder.write(record)
    threading.Timer(0.5, holder.process.kill).start()
    folder.lock()
    assert folder.end_leftovers() <= 1


def test_a_record_that_was_cut_short_hinders_no_start(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    (tmp_path / "run" / "supervisor.json").write_text('{"pid": 1')
    assert folder.end_leftovers() == 0
