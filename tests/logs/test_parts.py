"""The ring of a container's newest lines, and the cursor with which a browser comes back."""

import pytest

from kube.log_lines import Line, Place
from logs import cursor
from logs.cursor import Seen
from logs.ring import Ring


def lines(*numbers: int) -> list[Line]:
    return [Line(Place(0, number, 0), f"line {number}", False) for number in numbers]


def test_a_ring_forgets_its_oldest_and_says_so() -> None:
    ring = Ring(capacity=1_100)
    ring.add(lines(*range(20)))
    assert (ring.first, ring.end) == (10, 20)
    assert ring.after(9, 5) is None
    assert ring.after(10, 3) == lines(10, 11, 12)
    assert ring.after(20, 3) == []


def test_one_line_larger_than_the_ring_is_kept() -> None:
    ring = Ring(capacity=10)
    ring.add(lines(1, 2))
    assert ring.after(1, 5) == lines(2)


@pytest.mark.parametrize(("at", "number"), [(4, None), (5, 1), (7, 3), (9, 5), (99, 5)])
def test_who_comes_back_joins_only_where_nothing_is_missing(at: int, number: int | None) -> None:
    ring = Ring()
    ring.add(lines(5, 6, 7, 8, 9))
    assert ring.number_after(Place(0, at, 0)) == number


def test_an_empty_ring_is_joined_by_nobody_who_has_seen_lines() -> None:
    assert Ring().number_after(Place(0, 1, 0)) is None


def test_a_cursor_comes_back_as_it_went() -> None:
    seen = {("pod-a", "main"): Seen("uid-1", Place(3, 1_700_000_000_000_000_001, 2)), ("pod-b", "side"): Seen("uid-2", Place(0, 5, 0))}
    text = cursor.encode(seen)
    assert cursor.decode(text) == seen and not set(text) & set(" \n\r=")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "AAAA",
        "bm90IGpzb24",
        "W10" * 5000,
        "W1sxXV0",
        "W1sicCIsIm0iLCJ1IiwxLDIsInRocmVlIl1d",
        "W1sicCIsIm0iLCJ1IiwxLDIsMywwXV0",
        "-1-1",
    ],
)
def test_what_is_no_cursor_is_none(text: str) -> None:
    assert cursor.decode(text) == {}
