"""What /proc tells of processes: enough to recognise one of ours after its supervisor was killed."""

import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

PROC = Path("/proc")
MARK = "SLIPWAY_RUN"
SESSION_FIELD, START_FIELD = 3, 19
KILL_SECONDS = 2.0


def start_time(pid: int) -> int | None:
    """Clock ticks between the machine's start and the process's; None when it is gone. With the pid it names a process for ever."""
    fields = _stat(pid)
    return None if fields is None else int(fields[START_FIELD])


def marked(run: str) -> Iterator[int]:
    """Processes of this user which inherited the mark of the start `run`, whatever became of their parents."""
    wanted = f"{MARK}={run}".encode()
    for pid in _pids():
        try:
            if wanted in (PROC / str(pid) / "environ").read_bytes().split(b"\0"):
                yield pid
        except OSError:
            continue


def in_session(leader: int, started: int) -> Iterator[int]:
    """Processes in the session that `leader` opened at `started`; a later process which got its number does not count."""
    for pid in _pids():
        fields = _stat(pid)
        if fields and int(fields[SESSION_FIELD]) == leader and int(fields[START_FIELD]) >= started:
            yield pid


def end(pids: Iterable[int], seconds: float) -> None:
    """SIGTERM, and SIGKILL for what still lives after `seconds`; also for processes that are no children of this one."""
    known = {pid: start_time(pid) for pid in pids}
    _signal(known, signal.SIGTERM)
    _wait(known, seconds)
    _signal(known, signal.SIGKILL)
    _wait(known, KILL_SECONDS)


def _wait(known: dict[int, int | None], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while _living(known) and time.monotonic() < deadline:
        time.sleep(0.02)


def _living(known: dict[int, int | None]) -> dict[int, int | None]:
    return {pid: started for pid, started in known.items() if started is not None and start_time(pid) == started}


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Sends a signal to a process that may be gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _signal(known: dict[int, int | None], number: signal.Signals) -> None:
    for pid in _living(known):
        kill(pid, number)


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit() and int(entry.name) != os.getpid())


def _stat(pid: int) -> list[str] | None:
    """The fields after the command's name, from the state on; None for a process that is gone or only waits to be reaped."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields
