"""Hostile bytes become text, and lines say how serious they are."""

import pytest

from logs.text import level_of, shown


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m and \x1b]0;title\x07on", "red and on"),
        ("a\x00b\x08c\x9bd", "abcd"),
        ("\u202eevil\u2066", "evil"),
        ("10 %\r20 %\r30 %", "30 %"),
        ("ends\r", "ends"),
        ("\ttabs\tstay", "\ttabs\tstay"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("", ""),
    ],
)
def test_what_steers_a_terminal_is_left_out(raw: str, text: str) -> None:
    assert shown(raw) == text


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ('{"level":"warn","msg":"x"}', "warning"),
        ('{"severity":"ERROR","message":"x"}', "error"),
        ('{"level":50,"msg":"pino"}', "error"),
        ('{"level":30,"msg":"pino"}', "info"),
        ('{"message":"no level"}', ""),
        ('{"level":true}', ""),
        ("{broken json ERROR", ""),
        ("I0102 03:04:05.000000       1 main.go:1] started", "info"),
        ("E0102 03:04:05.000000       1 main.go:1] failed", "error"),
        ("W0102 03:04:05.000000       1 main.go:1] slow", "warning"),
        ("Error in plain words is no level", ""),
        ("2026-01-02 03:04:05,678 - uvicorn - WARNING - slow", "warning"),
        ("INFO:     Started server process [1]", "info"),
        ('time=2026 level=error msg="x"', "error"),
        ("Traceback (most recent call last):", "error"),
        ("ERRORS are counted", ""),
        ("x" * 200 + " ERROR", ""),
        ("", ""),
    ],
)
def test_a_line_says_how_serious_it_is(line: str, level: str) -> None:
    assert level_of(line) == level
