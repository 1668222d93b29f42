"""How a pod's container ended last, in words; and what that makes of a pod that was killed and is started again."""

import datetime as dt
import signal
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from clusters.models import Pod

KILLS = (signal.SIGKILL, signal.SIGTERM)
WAITS = "CrashLoopBackOff"


class Killed(NamedTuple):
    """A pod that was killed: `reason` in one word, how it ended and what becomes of it; `again_and_again` when it hardly comes up."""

    reason: str
    message: str
    again_and_again: bool


def how_it_ended(last: dict[str, Any]) -> str:
    """A sentence about `last_exit` of a pod; empty if none of its containers ended."""
    if not last:
        return ""
    code, words = int(last["exit_code"]), {"container": last["container"], "how": _signal_name(last)}
    if last["reason"] == "OOMKilled":
        return _("%(container)s was ended above its memory limit (OOMKilled).") % words
    if words["how"]:
        return _("%(container)s was ended from outside by %(how)s.") % words
    return _("%(container)s ended with exit code %(code)s.") % {**words, "code": code}


def killed(unready: Sequence[Pod], within: float) -> Killed | None:
    """What is told of pods that do not answer, if every one of them was killed, at most `within` seconds ago, and is started again."""
    if not unready or not all(_was_killed(pod, within) for pod in unready):
        return None
    pod = max(unready, key=lambda each: each.restarts)
    ended, hopeless = how_it_ended(pod.last_exit), pod.reason == WAITS
    then = _("It was started again %(times)s times, and waits before the next.") % {"times": pod.restarts}
    then = then if hopeless else _("It is being started again.")
    return Killed("OOMKilled" if pod.last_exit["reason"] == "OOMKilled" else "Killed", f"{ended} {then}", hopeless)


def _was_killed(pod: Pod, within: float) -> bool:
    last = pod.last_exit
    if not last or (last["reason"] != "OOMKilled" and _signal_name(last) not in {each.name for each in KILLS}):
        return False
    return pod.reason == WAITS or _seconds_since(last["ended_at"]) <= within


def _seconds_since(moment: str) -> float:
    try:
        return (timezone.now() - dt.datetime.fromisoformat(moment)).total_seconds()
    except (ValueError, TypeError):
        return float("inf")


def _signal_name(last: dict[str, Any]) -> str:
    # A container that could not be found again has the number of a kill, too.
    number = 0 if last["reason"] == "ContainerStatusUnknown" else int(last["exit_code"]) - 128
    return next((each.name for each in signal.Signals if each.value == number), "")
