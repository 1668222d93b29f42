"""A copy of the tree to plant faults in: what git knows or would add, with the installed packages linked, not copied."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINKED = (".venv", "node_modules")
SECONDS = 300


class DoesNotApply(Exception):
    """The patch no longer fits the tree: write it anew."""


class Tree:
    """One copy; use it for one patch at a time."""

    def __init__(self, folder: Path, source: Path = ROOT) -> None:
        self.folder = folder
        self.last_words = ""
        # The copy is no repository; git must not look for one in the folders above it, or it would apply nothing.
        self._env = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
        listed = subprocess.run(["git", "ls-files", "-coz", "--exclude-standard"], cwd=source, check=True, capture_output=True, text=True)
        for name in filter(None, listed.stdout.split("\0")):
            if (source / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source / name, folder / name)
        for name in LINKED:
            if (source / name).exists():
                (folder / name).symlink_to(source / name)

    def plant(self, patch: Path) -> None:
        """Applies the patch."""
        self._git_apply(patch)

    def uproot(self, patch: Path) -> None:
        """Takes the patch out again."""
        self._git_apply(patch, "--reverse")

    def _git_apply(self, patch: Path, *flags: str) -> None:
        done = subprocess.run(["git", "apply", *flags, patch], cwd=self.folder, env=self._env, check=False, capture_output=True, text=True)
        if done.returncode:
            raise DoesNotApply(done.stderr.strip().splitlines()[0])

    def outcomes(self, tests: Sequence[str]) -> dict[str, int]:
        """Runs the tests; how many passed, failed (errors included) and were skipped."""
        report = self.folder / "planted.xml"
        report.unlink(missing_ok=True)
        command = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *tests]
        done = subprocess.run(command, cwd=self.folder, env=self._env, check=False, capture_output=True, text=True, timeout=SECONDS)
        self.last_words = next(reversed((done.stdout + done.stderr).strip().splitlines()), "")
        return count(report)


def count(report: Path) -> dict[str, int]:
    """The sums of a JUnit file; nothing ran where there is none."""
    if not report.exists():
        return {"passed": 0, "failed": 0, "skipped": 0}
    suites = list(ET.parse(report).getroot().iter("testsuite"))  # noqa: S314  pytest has just written it
    total, failed, errors, skipped = (sum(int(suite.get(key, 0)) for suite in suites) for key in ("tests", "failures", "errors", "skipped"))
    return {"passed": total - failed - errors - skipped, "failed": failed + errors, "skipped": skipped}
