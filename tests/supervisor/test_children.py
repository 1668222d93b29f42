"""A role's process: in a session of its own, logged, started again, ended with a deadline."""

import os
import time
from pathlib import Path

import pytest

from portal.supervisor import proc
from portal.supervisor.failure import CannotStart
from portal.supervisor.state import Record, RunFolder
from portal.supervisor.supervisor import Supervisor
from tests.supervisor.conftest import python, until

SLEEP = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)'], start_new_session=True)
print('up', flush=True)
time.sleep(60)
"""


TELLER = """
import signal, sys, time
signal.signal(15, lambda *_: (open({path!r}, 'a').write({name!r} + ' '), sys.exit()))
print('up', flush=True)
time.sleep(60)
"""


def up(tmp_path: Path, *names: str) -> bool:
    """Whether each role has said that it runs."""
    return until(lambda: all("up" in _log(tmp_path / f"{name}.log") for name in names))


def three_deaths(supervisor: Supervisor, said: list[str]) -> bool:
    """One look; whether three deaths were told."""
    supervisor.tick()
    return len(said) == 3


def _log(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def test_a_child_leads_its_own_session_so_that_ctrl_c_reaches_the_supervisor_alone(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(python("web", SLEEP))
    assert up(tmp_path, "web")
    record = RunFolder(tmp_path).read()
    assert record and [role for role, _pid, _started in record.children] == ["web"]
    _role, pid, started = record.children[0]
    assert os.getsid(pid) == pid and proc.start_time(pid) == started


def test_a_role_that_dies_is_started_again_after_a_pause_that_grows(supervisor: Supervisor, tmp_path: Path, said: list[str]) -> None:
    supervisor.start(python("worker", "import sys; sys.exit('no broker')"))
    begin = time.monotonic()
    assert until(lambda: three_deaths(supervisor, said))
    assert 2.5 < time.monotonic() - begin < 8, "pauses of 1 and 2 s"
    assert said[0].startswith("worker ended: no broker (starting it again; log: ")


def test_a_start_that_cannot_succeed_ends_with_the_last_words_of_the_role(supervisor: Supervisor) -> None:
    supervisor.start(python("redis", "import sys; sys.exit('bad configuration')"))
    with pytest.raises(CannotStart, match=r"^Redis does not start: bad configuration \(log: .*redis\.log\)$"):
        supervisor.wait_until(lambda: False, what="Redis", seconds=2, needs="redis")


def test_roles_end_in_order_with_redis_last(supervisor: Supervisor, tmp_path: Path) -> None:
    order = tmp_path / "order"
    names = ["redis", "api-server", "simulator", "worker", "beat", "web"]
    supervisor.start(*(python(name, TELLER.format(path=str(order), name=name)) for name in names))
    assert up(tmp_path, *names)
    supervisor.stop()
    assert order.read_text().split() == ["web", "beat", "worker", "simulator", "api-server", "redis"]


def test_a_role_that_ignores_sigterm_and_its_own_children_are_killed_at_the_deadline(
    supervisor: Supervisor, tmp_path: Path, record: Record
) -> None:
    supervisor.start(python("web", STUBBORN, 0.5), python("worker", PARENT, 0.5))
    assert up(tmp_path, "web", "worker")
    assert len(list(proc.marked(record.run))) == 3
    begin = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - begin < 3
    assert list(proc.marked(record.run)) == []
    assert RunFolder(tmp_path).read() is None


def test_a_second_ctrl_c_cuts_the_deadlines_short(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(python("web", STUBBORN, 30))
    assert up(tmp_path, "web")
    supervisor.hurry = True
    begin = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - begin < 2
