"""What a pod's annotations ask of its simulated life; README.md documents them."""

from dataclasses import dataclass
from typing import Any

PREFIX = "sandbox.slipway.dev/"
LONGEST_BACK_OFF = 300


@dataclass(frozen=True)
class Scenario:
    """Seconds until ready; seconds of running until the end (None: for ever) and the exit code; the first back-off."""

    start_seconds: float = 0.3
    run_seconds: float | None = None
    exit_code: int = 0
    back_off: float = 10.0
    stop_seconds: float = 0.2

    def back_off_after(self, restarts: int) -> float:
        """Doubles with every restart, up to five minutes."""
        return float(min(self.back_off * 2 ** max(restarts - 1, 0), LONGEST_BACK_OFF))


def scenario_of(pod: dict[str, Any]) -> Scenario:
    """Read the annotations; one that cannot be read counts as absent."""
    notes = pod["metadata"].get("annotations") or {}
    crash, leave = _number(notes, "crash-after-seconds"), _number(notes, "exit-after-seconds")
    return Scenario(
        start_seconds=_number(notes, "start-seconds", Scenario.start_seconds) or 0.0,
        run_seconds=crash if crash is not None else leave,
        exit_code=int(_number(notes, "exit-code", 1) or 1) if crash is not None else 0,
        back_off=_number(notes, "back-off-seconds", Scenario.back_off) or Scenario.back_off,
        stop_seconds=_number(notes, "stop-seconds", Scenario.stop_seconds) or 0.0,
    )


def _number(notes: dict[str, str], name: str, default: float | None = None) -> float | None:
    try:
        return max(float(notes[PREFIX + name]), 0.0)
    except (KeyError, ValueError):
        return default
