"""What was measured of both sides of a rollout, side by side as pages show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deployments.models import Revision, Rollout

UNITS = {"requests": "", "rps": "rps", "errors": "%", "p50": "ms", "p95": "ms", "p99": "ms"}
# How the candidate differs from what serves, where that is more than chance.
TONES = {"better": "is-ok", "worse": "is-wait"}


@dataclass(frozen=True)
class Cell:
    """One number in `unit`; None has no source, and `why` says so. `above`: it lies beyond what is measured."""

    name: str
    value: float | None
    unit: str
    tone: str = ""
    why: str = ""
    above: bool = False


@dataclass(frozen=True)
class Side:
    """`share` in percent of the requests; `cells` by UNITS; `since` in ISO 8601, empty while nothing was measured."""

    name: str
    revision: Revision
    share: int
    cells: list[Cell]
    since: str = ""

    @property
    def rate(self) -> float | None:
        """Requests per second."""
        return next(cell.value for cell in self.cells if cell.name == "rps")

    @property
    def missing(self) -> list[str]:
        """Why numbers have no source, each reason once."""
        return list(dict.fromkeys(cell.why for cell in self.cells if cell.value is None and cell.why))


def compared(rollout: Rollout) -> list[Side]:
    """What serves and its candidate: by the numbers that ended the rollout where it has ended by them, else by the newest."""
    figures = rollout.verdict if rollout.verdict.get("candidate") else rollout.figures
    return [_side(rollout, figures, name) for name in ("stable", "candidate")]


def _side(rollout: Rollout, figures: Mapping[str, Any], name: str) -> Side:
    told = figures.get(name) or {}
    tones = _tones(rollout, figures) if name == "candidate" else {}
    cells = [
        Cell(key, _value(told, key), unit, tones.get(key, ""), _why(figures, told, key), key in (told.get("above") or []))
        for key, unit in UNITS.items()
    ]
    candidate = name == "candidate"
    share = rollout.share if candidate else 100 - rollout.share
    return Side(name, rollout.candidate if candidate else rollout.stable, share, cells, str(told.get("since") or ""))


def _value(told: Mapping[str, Any], key: str) -> float | None:
    if key != "errors":
        return told.get(key)
    requests, errors = told.get("requests"), told.get("errors")
    return 100 * errors / requests if requests and errors is not None else None


def _why(figures: Mapping[str, Any], told: Mapping[str, Any], key: str) -> str:
    """In the words of what measures."""
    missing = told.get("missing") or {}
    return str(missing.get("times" if key.startswith("p") else key) or missing.get("requests") or figures.get("why") or "")


def _tones(rollout: Rollout, figures: Mapping[str, Any]) -> dict[str, str]:
    """Above a threshold is bad; else whether it is better or worse by more than chance."""
    told, noise = figures.get("candidate") or {}, figures.get("noise") or {}
    found = {key: TONES[word] for key, word in noise.items() if word in TONES}
    for key, most in (("errors", rollout.max_errors), ("p99", rollout.max_p99)):
        value = _value(told, key)
        if value is not None and most is not None and value > most:
            found[key] = "is-bad"
    return found
