"""Workers as real processes that can be killed: forked from a process that has loaded the portal, so that each costs milliseconds."""

import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.faults.environment import ROOT


class Crew:
    """`with Crew(environment()) as crew:` then `crew.start("reconcile", "namespace", 17)`."""

    def __init__(self, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"], cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._results = tempfile.TemporaryDirectory(prefix="crew-")
        self._numbers = itertools.count(1)

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()
        self._results.cleanup()

    def start(self, job: str, *arguments: object) -> "Hand":
        """A new process that does one job of tests/faults/jobs.py and ends."""
        assert self.process.stdin and self.process.stdout
        result = Path(self._results.name) / str(next(self._numbers))
        self.process.stdin.write(json.dumps([job, str(result), *arguments]) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the crew's process has ended; its last words are above"
        return Hand(int(answer), result)


class Hand:
    """One process of the crew."""

    def __init__(self, pid: int, result: Path) -> None:
        self.pid, self._result = pid, result

    @property
    def lives(self) -> bool:
        """Whether it has not ended yet."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL, and back when the process is gone."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def wait(self, seconds: float = 30.0) -> None:
        """Until it has ended; AssertionError when it does not."""
        deadline = time.monotonic() + seconds
        while self.lives:
            assert time.monotonic() < deadline, f"process {self.pid} does not end"
            time.sleep(0.005)

    def result(self) -> Any:
        """What its job returned, after its end. AssertionError when it ended otherwise."""
        self.wait()
        assert self._result.exists(), "the job failed; its traceback is above"
        return json.loads(self._result.read_text())


class Victim:
    """The process that a rule will kill: the rule is made before the process is, and waits for it."""

    def __init__(self) -> None:
        self._known = threading.Event()
        self._met = threading.Event()
        self.hand: Hand | None = None

    def start(self, make: Callable[[], Hand]) -> Hand:
        """Starts the process that is to die."""
        self.hand = make()
        self._known.set()
        return self.hand

    def kill(self) -> None:
        """What the rule does."""
        assert self._known.wait(10) and self.hand
        self.hand.kill()
        self._met.set()

    def signal(self, number: int) -> None:
        """Another thing that a rule may do."""
        assert self._known.wait(10) and self.hand
        os.kill(self.hand.pid, number)
        self._met.set()

    @property
    def was_met(self) -> bool:
        """Whether the rule has met it by now."""
        return self._met.is_set()

    @property
    def was_killed(self) -> bool:
        """Whether the rule met it; asked after its process has ended."""
        return self._met.wait(1)
