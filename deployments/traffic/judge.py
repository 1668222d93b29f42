"""Decides whether a candidate has to go: a pure function of the figures and the thresholds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deployments.traffic.trouble import Trouble

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Thresholds:
    """`max_errors` in percent of the candidate's requests, `max_p99` in milliseconds; None does not judge. `share` is in percent."""

    max_errors: float | None
    max_p99: float | None
    min_requests: int
    startup_seconds: int
    share: int


@dataclass(frozen=True)
class Finding:
    """One threshold that was passed: what, by which value, of how many requests; and in words."""

    what: str
    value: float
    limit: float
    sample: int
    words: str

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {"what": self.what, "value": self.value, "limit": self.limit, "sample": self.sample, "words": self.words}


def judge(thresholds: Thresholds, figures: Figures, trouble: Trouble) -> list[Finding]:
    """Every reason to roll back; none while there are too few requests on a side, or no number with a source."""
    found = [_never_served(thresholds, trouble)]
    if figures and _enough(thresholds, figures):
        found += [_errors(thresholds, figures["candidate"]), _p99(thresholds, figures["candidate"])]
    return [finding for finding in found if finding is not None]


def _enough(thresholds: Thresholds, figures: Figures) -> bool:
    """The minimum per side; a side to which no requests are sent is not waited for."""
    least = max(1, thresholds.min_requests)
    waited_for = ["candidate"] if thresholds.share == 100 else ["stable", "candidate"]
    return all((figures[name]["requests"] or 0) >= least for name in waited_for)


def _errors(thresholds: Thresholds, side: Mapping[str, Any]) -> Finding | None:
    if thresholds.max_errors is None or side["errors"] is None:
        return None
    percent = 100 * side["errors"] / side["requests"]
    if percent <= thresholds.max_errors:
        return None
    words = f"{percent:.2f} % of the candidate's {side['requests']} requests failed; at most {thresholds.max_errors:g} % may"
    return Finding("errors", round(percent, 4), thresholds.max_errors, side["requests"], words)


def _p99(thresholds: Thresholds, side: Mapping[str, Any]) -> Finding | None:
    """A p99 beyond the last bucket is surely more than that bucket's bound, and by how much nobody knows."""
    if thresholds.max_p99 is None or side["p99"] is None or (side["sample"] or 0) < max(1, thresholds.min_requests):
        return None
    above = "p99" in side["above"]
    if side["p99"] < thresholds.max_p99 or (side["p99"] == thresholds.max_p99 and not above):
        return None
    told = f"{'more than ' if above else ''}{side['p99']:g} ms"
    words = f"the candidate's p99 is {told} over {side['sample']} requests; at most {thresholds.max_p99:g} ms may it be"
    return Finding("p99", side["p99"], thresholds.max_p99, side["sample"], words)


def _never_served(thresholds: Thresholds, trouble: Trouble) -> Finding | None:
    if not trouble.kind or trouble.seconds <= thresholds.startup_seconds:
        return None
    did = "crashed again and again" if trouble.kind == "crash_loop" else "did not become ready"
    words = f"the candidate {did} for {trouble.seconds:.0f} s; it may take {thresholds.startup_seconds} s to start"
    if trouble.words:
        words += f" ({trouble.words})"
    return Finding(trouble.kind, round(trouble.seconds, 1), float(thresholds.startup_seconds), 0, words)
