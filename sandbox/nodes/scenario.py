"""What a simulated container is asked to do, read from settings by name: annotations and scenario files use the same ones (README.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sandbox.nodes.curve import Curve, parse_curve
from sandbox.nodes.runtime import SIGKILLED, Exit

PULL_ERRORS = ("not-found", "denied", "unreachable")


@dataclass(frozen=True)
class Scenario:
    """Times in seconds: `start`, `pull` and `stop` from when each begins, all others from the container's start; None is never."""

    start_seconds: float = 0.3
    pull_seconds: float = 0.1
    pull_error: str = ""
    crash_after_seconds: float | None = None
    exit_after_seconds: float | None = None
    exit_code: int = 1
    hang_after_seconds: float | None = None
    leak_seconds: float | None = None
    unready_after_seconds: float | None = None
    unready_for_seconds: float | None = None
    back_off_seconds: float = 10.0
    stop_seconds: float = 0.2
    log_every_seconds: float = 10.0
    cpu: Curve | None = None
    memory: Curve | None = None

    def end(self, *, has_memory_limit: bool) -> tuple[float, Exit] | None:
        """After how many seconds the container ends by itself, and how; None if it runs until it is stopped."""
        leak = self.leak_seconds if has_memory_limit else None
        ends = [
            (self.crash_after_seconds, Exit(self.exit_code)),
            (self.exit_after_seconds, Exit(0)),
            (leak, Exit(SIGKILLED, "OOMKilled")),
        ]
        return min(((after, how) for after, how in ends if after is not None), key=lambda end: end[0], default=None)

    def hangs(self, age: float) -> bool:
        """Whether it hangs `age` seconds after its start: it answers no probe, writes nothing and ignores SIGTERM."""
        return self.hang_after_seconds is not None and age >= self.hang_after_seconds

    def is_unready(self, age: float) -> bool:
        """Whether it is to be unready `age` seconds after its start."""
        if self.unready_after_seconds is None and self.unready_for_seconds is None:
            return False
        start = self.unready_after_seconds or 0.0
        return age >= start and (self.unready_for_seconds is None or age < start + self.unready_for_seconds)


def parse_scenario(settings: Mapping[str, str]) -> tuple[Scenario, list[str]]:
    """The scenario of settings such as {"crash-after-seconds": "5"}, and what is wrong with those that were left out."""
    values: dict[str, Any] = {}
    problems = []
    for name, text in settings.items():
        if name not in SETTINGS:
            problems.append(f"{name} is not known")
            continue
        try:
            values[name.replace("-", "_")] = SETTINGS[name](text)
        except ValueError as error:
            problems.append(f"{name}: {error}")
    return Scenario(**values), problems


def seconds(text: str) -> float:
    """A number of seconds, 0 or more; raises ValueError."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ValueError(f"`{text}` is no number of seconds")
    return number


def _exit_code(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 255):
        raise ValueError(f"`{text}` is no exit code from 1 to 255")
    return int(text)


def _pull_error(text: str) -> str:
    if text not in PULL_ERRORS:
        raise ValueError(f"`{text}` is none of {', '.join(PULL_ERRORS)}")
    return text


def _parser(name: str) -> Callable[[str], Any]:
    special: dict[str, Callable[[str], Any]] = {
        "exit_code": _exit_code,
        "pull_error": _pull_error,
        "cpu": parse_curve,
        "memory": parse_curve,
    }
    return special.get(name, seconds)


SETTINGS = {field.name.replace("_", "-"): _parser(field.name) for field in fields(Scenario)}
