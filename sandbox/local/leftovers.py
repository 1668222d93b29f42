"""Remembers on disk which processes were started, so that a simulator that was killed leaves none behind for long."""

import os
import signal
from pathlib import Path

from sandbox.local.table import by_session, read_row


class Leftovers:
    """One small file per session leader: its pid is the name, its start time the content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def remember(self, pid: int) -> None:
        """A session leader was started."""
        row = read_row(pid)
        (self._folder / str(pid)).write_text(str(row.started if row else 0))

    def forget(self, pid: int) -> None:
        """It has ended, and its session with it."""
        (self._folder / str(pid)).unlink(missing_ok=True)

    def end_all(self) -> None:
        """Kill what a former simulator left, unless the pid is somebody else's by now."""
        files = [each for each in self._folder.iterdir() if each.name.isdigit()]
        sessions = by_session({int(each.name) for each in files})
        for file in files:
            pid = int(file.name)
            leader, noted = read_row(pid), int(file.read_text() or 0)
            # A session outlives its leader, and its number is not given away until it is empty.
            if leader is None or leader.started == noted:
                end_session([row.pid for row in sessions[pid]])
            file.unlink(missing_ok=True)


def end_session(pids: list[int]) -> None:
    """Kill these processes."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
