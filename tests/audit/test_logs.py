"""A log record is one line, whatever a stranger put into it."""

import logging
import sys
from types import SimpleNamespace

import pytest

from audit import context
from audit.logs import LineFormatter


def formatted(message: str, *args: object, exc_info: object = None) -> str:
    record = logging.LogRecord("slipway.test", logging.WARNING, __file__, 1, message, args, exc_info)  # type: ignore[arg-type]
    return LineFormatter().format(record)


@pytest.mark.parametrize("hostile", ["a\nb", "a\r\nb", "a\x1b[31mb", "a\x00b", "a\u2028b", "a\u202eb", "a\x85b", "a\tb"])
def test_control_characters_cannot_forge_a_line(hostile: str) -> None:
    line = formatted("signed in: %s", hostile)
    assert line.isprintable()
    assert line.endswith("signed in: a" + hostile[1:-1].encode("unicode_escape").decode() + "b")


def test_a_traceback_stays_on_the_line() -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        line = formatted("failed", exc_info=sys.exc_info())
    assert line.isprintable()
    assert "ValueError: first\\nsecond" in line


def test_a_record_of_django_after_the_request_names_it_too() -> None:
    record = logging.makeLogRecord({"msg": "Not Found", "request": SimpleNamespace(request_id="req-8")})
    assert "[req-8]" in LineFormatter().format(record)


def test_the_line_names_level_request_and_logger() -> None:
    with context.entered("rest", "req-7"):
        assert "Z WARNING [req-7] slipway.test: 你好 ok" in formatted("你好 %s", "ok")
