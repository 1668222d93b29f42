"""One process of the quick start: started in a session of its own, its output in a log, ended with a deadline."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.supervisor import proc

TETHER = Path(__file__).with_name("tether.py")
BASE_DIR = Path(__file__).resolve().parents[2]
LOG_BYTES = 10_000_000
CALM_SECONDS = 30.0
LONGEST_PAUSE = 30.0


@dataclass(frozen=True)
class Role:
    """What a process is and how it is started; `stop_seconds` is how long it may take to end by itself.

    One that runs `once` has done its work when it ends with 0, and is started again only when it failed.
    """

    name: str
    command: tuple[str, ...]
    stop_seconds: float = 1.0
    once: bool = False


class Child:
    """A role's process, started again by the supervisor when it dies, after a pause that grows while it keeps dying."""

    def __init__(self, role: Role, *, env: Mapping[str, str], log_folder: Path) -> None:
        self.role = role
        self.log = log_folder / f"{role.name}.log"
        self.deaths = 0
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._started_ticks = 0
        self._again_at = 0.0

    def start(self) -> None:
        """Starts the process. From the main thread only: the kernel ties the child to the thread that started it."""
        self._turn_log()
        command = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *self.role.command]
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                command, cwd=BASE_DIR, env=self._env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        self._started_at, self._again_at = time.monotonic(), 0.0
        self._started_ticks = proc.start_time(self._process.pid) or 0

    @property
    def identity(self) -> tuple[str, int, int] | None:
        """Role, pid and start time for the record; None while it does not run."""
        return None if self._process is None else (self.role.name, self._process.pid, self._started_ticks)

    def died(self) -> bool:
        """True once for each death: the next start is then due after a pause of 1, 2, 4 ... 30 s."""
        if self._process is None or self._process.poll() is None:
            return False
        finished = self.role.once and self._process.returncode == 0
        self._process = None
        if finished:
            return False
        calm = time.monotonic() - self._started_at > CALM_SECONDS
        self.deaths = 1 if calm else self.deaths + 1
        self._again_at = time.monotonic() + min(LONGEST_PAUSE, 2.0 ** (self.deaths - 1))
        return True

    def due(self) -> bool:
        """Whether it died and its pause is over."""
        return self._process is None and 0 < self._again_at <= time.monotonic()

    def ask_to_stop(self) -> None:
        """SIGTERM; it is not started again."""
        self._again_at = 0.0
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def stopped(self) -> bool:
        """Whether the process has ended."""
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """SIGKILL for the whole session, also for what the process left behind in it."""
        if self._process is None:
            return
        for pid in proc.in_session(self._process.pid, self._started_ticks):
            proc.kill(pid)
        self._process.wait()

    def last_words(self) -> str:
        """The last line of its log that says something."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "it said nothing")

    def _turn_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
