"""Folders and programs for tests of what runs outside the portal."""

import os
import stat
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

Program = Callable[[str, str], Path]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Writes an executable shell script into `bin` of the test's folder."""

    def write(name: str, script: str) -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return write


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a command in the checkout, or in `cwd`, with `env` on top of an environment that finds the test's programs first."""

    def call(*command: str | Path, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
        whole = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", **(env or {})}
        return subprocess.run(list(command), cwd=cwd, env=whole, check=False, capture_output=True, text=True, timeout=60)

    return call
