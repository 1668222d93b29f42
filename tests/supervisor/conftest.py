"""Supervisors over small processes of the tests' own."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.supervisor import proc
from portal.supervisor.child import Role
from portal.supervisor.state import Record, RunFolder
from portal.supervisor.supervisor import Supervisor

Make = Callable[[], Supervisor]


@pytest.fixture
def said() -> list[str]:
    """The progress lines."""
    return []


@pytest.fixture
def record() -> Record:
    """The start that the test's supervisor records."""
    return Record(os.getpid(), Supervisor.new_run(), "http://127.0.0.1:18199")


@pytest.fixture
def supervisor(tmp_path: Path, record: Record, said: list[str]) -> Iterator[Supervisor]:
    """A supervisor on a data folder of its own; whatever the test leaves is ended."""
    folder = RunFolder(tmp_path)
    yield Supervisor(folder, record, env=dict(os.environ), log_folder=tmp_path, say=said.append)
    proc.end(list(proc.marked(record.run)), 0)


def python(name: str, code: str, stop_seconds: float = 1.0) -> Role:
    """A role that runs `code`."""
    return Role(name, (sys.executable, "-S", "-c", code), stop_seconds)


def until(happens: Callable[[], object], seconds: float = 10.0) -> bool:
    """Whether it happens within the time."""
    deadline = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
