"""How a step of the bootstrap runs: one progress line, its output in a log, a stamp when it is done, one line when it fails."""

import errno
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NO_SPACE = os.strerror(errno.ENOSPC)


class Stop(Exception):
    """The one line that the user reads when the bootstrap cannot go on: what is wrong and what to do."""


class StepFailed(Exception):
    """A command failed; the message is the last line of its output that says something."""


def say(text: str) -> None:
    """Prints one progress line at once."""
    print(f"slipway: {text}", flush=True)


def fingerprint(*parts: Path | str) -> str:
    """A digest of files' contents and of strings: what a step depends on."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def stamped(stamp: Path, mark: str) -> bool:
    """Whether the step that left `stamp` was finished for these very inputs."""
    return stamp.is_file() and stamp.read_text() == mark


def run(command: Sequence[str | Path], *, log: Path, env: Mapping[str, str] | None = None) -> None:
    """Runs `command` in the checkout with its output appended to `log`; StepFailed carries the reason."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as output:
        start = output.tell()
        try:
            done = subprocess.run(
                [*map(str, command)], cwd=ROOT, env={**os.environ, **(env or {})}, check=False, stdout=output, stderr=subprocess.STDOUT
            )
        except OSError as error:
            raise StepFailed(f"{command[0]}: {error.strerror}") from error
    if done.returncode:
        raise StepFailed(_reason(log.read_bytes()[start:].decode(errors="replace")))


def _reason(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if any(NO_SPACE in line for line in lines):
        return NO_SPACE
    told = [line for line in lines if line.lower().startswith(("error", "npm error", "× ", "caused by", "╰"))]
    return (told or lines or ["no output"])[-1][:300]


def require_space(folder: Path, megabytes: int, *, usage: Callable[[Path], tuple[int, int, int]] = shutil.disk_usage) -> None:
    """Stops when the disk of `folder` (which exists) has less than `megabytes` left."""
    free = usage(folder)[2] // 1_000_000
    if free < megabytes:
        raise Stop(f"{folder} has {free} MB of free space and {megabytes} MB are needed: free some, or clone onto a larger disk.")


def timed(text: str, step: Callable[[], None]) -> None:
    """Says what begins, runs it, says how long it took."""
    say(f"{text} ...")
    start = time.monotonic()
    step()
    say(f"{text}: done in {time.monotonic() - start:.0f} s")
