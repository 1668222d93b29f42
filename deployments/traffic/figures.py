"""The figures of both sides as pages, REST and the judge read them: numbers with their source, or None and the reason in words."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from deployments.traffic.noise import compare_errors, compare_times
from deployments.traffic.period import Period, Totals
from deployments.traffic.pods import SeenPod
from deployments.traffic.servers import Told
from deployments.traffic.sides import NAMES, Name
from metrics.servers.names import Names

QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
NOBODY = "no pod of this side has told its counters yet"


def of_nothing(at: dt.datetime, why: str, pods: Iterable[SeenPod]) -> dict[str, Any]:
    """Without any source."""
    seen = list(pods)
    nothing = {"since": None, **_side(Totals(), 0.0), "silent": 0, "missing": {"requests": why}}
    sides: dict[str, Any] = {name: {**nothing, "pods": _ready(seen, name)} for name in NAMES}
    return {"since": None, "at": at.isoformat(), "source": None, "why": why, **sides, "noise": {"errors": None, "p99": None}}


def of_period(
    period: Period, at: dt.datetime, pods: list[SeenPod], told: Iterable[Told] = (), why: str = "", names: dict[Name, Names] | None = None
) -> dict[str, Any]:
    """What both sides did since the period began, until `at`. `told` are the pods' answers where they are the source."""
    seconds = (at - period.since).total_seconds()
    silent = [answer for answer in told if answer.reading is None and not answer.pod.leaving]
    sides: dict[str, Any] = {}
    for name in NAMES:
        totals = period.totals[name]
        quiet = [answer for answer in silent if answer.pod.side == name]
        sides[name] = {
            "since": period.since.isoformat(),
            **_side(totals, seconds),
            "pods": _ready(pods, name),
            "silent": len(quiet),
            "missing": _missing(totals, (names or {}).get(name), quiet),
        }
    stable, candidate = period.totals["stable"], period.totals["candidate"]
    noise = {"errors": compare_errors(stable, candidate), "p99": compare_times(stable, candidate, QUANTILES["p99"])}
    return {"since": period.since.isoformat(), "at": at.isoformat(), "source": period.source, "why": why, **sides, "noise": noise}


def _side(totals: Totals, seconds: float) -> dict[str, Any]:
    """Times in milliseconds. `sample` is how many requests were timed; `above` names the quantiles that lie beyond their number."""
    rps = None if totals.requests is None or seconds <= 0 else round(totals.requests / seconds, 3)
    found = {name: totals.times.quantile(q) if totals.times else None for name, q in QUANTILES.items()}
    return {
        "requests": totals.requests,
        "errors": totals.errors,
        "rps": rps,
        **{name: None if quantile is None else round(quantile.value, 3) for name, quantile in found.items()},
        "above": [name for name, quantile in found.items() if quantile is not None and quantile.above],
        "sample": totals.times.total if totals.times else None,
    }


def _missing(totals: Totals, names: Names | None, quiet: list[Told]) -> dict[str, str]:
    """Why a number is None, by its name; empty for what has one."""
    if totals.requests is None:
        return {"requests": f"{NOBODY}: {quiet[0].pod.name}: {quiet[0].why}" if quiet else NOBODY}
    server = names.server if names else "the server"
    found = {}
    if totals.errors is None:
        found["errors"] = (names.no_errors if names else "") or f"{server} does not count failed requests"
    if totals.times is None:
        found["times"] = (names.no_times if names else "") or f"{server} tells no distribution of times"
    return found


def _ready(pods: Iterable[SeenPod], side: Name) -> int:
    return sum(pod.ready for pod in pods if pod.side == side)
