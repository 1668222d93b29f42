"""scripts/find-python: a Python that works, or one line that says what to do."""

import sys
from pathlib import Path

from tests.tooling.conftest import ROOT, Program, Run

FIND = str(ROOT / "scripts" / "find-python")
TOO_NEW = 'case "$1" in --version) echo Python 3.14.1;; *) exit 1;; esac'


def test_a_shim_that_cannot_run_is_passed_over(run: Run, program: Program) -> None:
    program("python3.12", "echo 'command not found' >&2; exit 127")
    good = program("python3.11", f'exec {sys.executable} "$@"')
    done = run(FIND)
    assert done.returncode == 0 and done.stdout.strip() in (str(good), "python3.11")


def test_no_usable_python_is_one_line_that_says_what_to_do(run: Run, program: Program, tmp_path: Path) -> None:
    program("python3", TOO_NEW)
    script = tmp_path / "find-python"
    script.write_text((ROOT / "scripts" / "find-python").read_text().replace("/usr/bin/python3", "/nonexistent/python3"))
    env = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}
    done = run("/bin/sh", script, env=env)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "needs Python 3.11 or 3.12" in done.stderr and "found Python 3.14.1" in done.stderr and "PYTHON=" in done.stderr


def test_a_chosen_python_that_does_not_do_is_named(run: Run, program: Program) -> None:
    chosen = program("mine", TOO_NEW)
    done = run(FIND, env={"PYTHON": str(chosen)})
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and f"PYTHON={chosen}" in done.stderr


def test_make_run_stops_at_that_line(run: Run, tmp_path: Path) -> None:
    done = run("make", "run", env={"PYTHON": "/nonexistent"})
    assert done.returncode != 0
    ours = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert len(ours) == 1 and ours[0].startswith("slipway: PYTHON=/nonexistent")
