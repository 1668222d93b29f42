"""$PORTAL_HOME/run: the lock that one supervisor holds, and the record by which the next one finds what it left behind."""

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from portal.supervisor import proc
from portal.supervisor.failure import CannotStart

LEFTOVER_SECONDS = 5.0
STOPPING_SECONDS = 12.0


@dataclass
class Record:
    """Who supervises: `run` marks this start, `children` are [role, pid, start time]; `stopping` once it is on its way out."""

    pid: int
    run: str
    url: str
    children: list[tuple[str, int, int]] = field(default_factory=list)
    stopping: bool = False


class RunFolder:
    """The folder `run` in the data folder, mode 0700."""

    def __init__(self, home: Path) -> None:
        self.path = home / "run"
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._record = self.path / "supervisor.json"
        self._lock: int | None = None

    def lock(self) -> None:
        """Holds the data folder until this process ends, however it ends; waits for one that is stopping.

        CannotStart names who holds it otherwise.
        """
        self._lock = os.open(self.path / "supervisor.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + STOPPING_SECONDS
        while not self._try_lock(self._lock):
            holder = self.read()
            if not (holder and holder.stopping) or time.monotonic() > deadline:
                raise CannotStart(self._held(holder))
            time.sleep(0.1)

    def _try_lock(self, file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _held(self, holder: Record | None) -> str:
        who = f" (pid {holder.pid}, {holder.url})" if holder else ""
        return (
            f"Slipway runs already on the data in {self.path.parent}{who}: open it there, end it with Ctrl-C, "
            "or set PORTAL_HOME to another folder and PORTAL_PORT to another port."
        )

    def read(self) -> Record | None:
        """The newest record, or None when there is none or it was cut short."""
        try:
            return Record(**json.loads(self._record.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, record: Record) -> None:
        """Replaces the record whole."""
        part = self._record.with_suffix(".part")
        part.write_text(json.dumps(asdict(record)))
        part.rename(self._record)

    def forget(self) -> None:
        """Removes the record once everything in it has ended."""
        self._record.unlink(missing_ok=True)

    def end_leftovers(self) -> int:
        """Ends what a killed supervisor left running; how many processes that were. Call it with the lock held."""
        record = self.read()
        if record is None:
            return 0
        pids = leftovers(record)
        proc.end(pids, LEFTOVER_SECONDS)
        self.forget()
        return len(pids)


def leftovers(record: Record) -> set[int]:
    """What still lives of a recorded start: its children, the sessions they opened, and everything that carries its mark."""
    found = set(proc.marked(record.run))
    for _role, pid, started in record.children:
        if proc.start_time(pid) in (started, None):
            found.update(proc.in_session(pid, started))
    return found
