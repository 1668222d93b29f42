"""A line of a log as it can be shown: no bytes that steer a terminal or a page, and how serious it says that it is."""

import re
from typing import Any

import orjson

from kube.errors import without_controls

LEVELS = {
    "trace": "debug", "debug": "debug", "d": "debug", "v": "debug",
    "info": "info", "information": "info", "notice": "info", "i": "info",
    "warn": "warning", "warning": "warning", "w": "warning",
    "error": "error", "err": "error", "e": "error", "critical": "error", "fatal": "error", "f": "error", "panic": "error", "alert": "error",
    "emergency": "error", "severe": "error",
}  # fmt: skip
# What the loggers of Python (10, 20, ...) and of JavaScript (pino: 10 to 60) write as numbers.
_NUMBERS = ((50, "error"), (40, "warning"), (20, "info"), (0, "debug"))
_KEYS = ("level", "severity", "levelname", "lvl", "log.level", "severityText")
# https://github.com/kubernetes/klog: a letter, month and day, the time.
_KLOG = re.compile(r"^([IWEF])\d{4} \d\d:\d\d:\d\d")
_LOGFMT = re.compile(r"(?:^|\s)(?:level|lvl|severity)=\"?([a-zA-Z]+)")
_WORD = re.compile(r"(?<![A-Za-z_])(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|PANIC)(?![A-Za-z_])")
_BEGINNING = 120
_TRACEBACK = "Traceback (most recent call last)"


def shown(text: str) -> str:
    """The line without terminal sequences and control characters. Of a line that was written over, as by a progress bar, the last state."""
    return without_controls(text.rstrip("\r").rpartition("\r")[2])


def level_of(text: str) -> str:
    """One of debug, info, warning, error; "" for a line that does not say: by JSON, klog, logfmt or a word at its beginning."""
    if text.startswith("{"):
        return _json_level(text)
    if found := _KLOG.match(text):
        return LEVELS[found.group(1).lower()]
    if text.startswith(_TRACEBACK):
        return "error"
    found = _LOGFMT.search(text[:_BEGINNING]) or _WORD.search(text[:_BEGINNING])
    return LEVELS.get(found.group(1).lower(), "") if found else ""


def _json_level(text: str) -> str:
    try:
        line: Any = orjson.loads(text)
    except ValueError:
        return ""
    value = next((line[key] for key in _KEYS if key in line), "")
    if isinstance(value, int) and not isinstance(value, bool):
        return next((level for least, level in _NUMBERS if value >= least), "")
    return LEVELS.get(str(value).lower(), "")
