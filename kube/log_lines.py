"""The bytes of a container's log -> lines, each with its place: what a reader needs to come back and lose none and see none twice."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

# Of a longer line this much is kept; what a program writes without an end must not fill the memory.
LONGEST_LINE = 16 * 1024
# "2026-11-28T02:21:14" is before the fraction of a second.
_WHOLE = 19


class Place(NamedTuple):
    """Where a line stands, in an order: which run of the container (its restart count), nanoseconds since the epoch, and how many lines
    of this very moment came before it."""

    run: int
    at: int
    nth: int


class Line(NamedTuple):
    """One line. `text` is what the program wrote, hostile bytes included; `cut` says that the line was longer."""

    place: Place
    text: str
    cut: bool


class LineReader:
    """Takes the bytes of one answer with `timestamps=true` apart. Lines up to `after`, which were read before, are left out.

    The log was asked for from the second of `after` on, so that lines of the same moment are counted as they were the first time.
    """

    def __init__(self, run: int, after: Place | None = None) -> None:
        self._run, self._after = run, after if after and after.run == run else None
        self._at, self._nth = 0, 0
        self._rest, self._is_cut = b"", False

    def lines(self, chunk: bytes) -> list[Line]:
        """The lines that `chunk` completes."""
        *whole, rest = chunk.split(b"\n")
        if whole:
            whole[0], was_cut = self._rest + whole[0], self._is_cut
            self._rest, self._is_cut = b"", False
            found = [self._line(whole[0], was_cut), *(self._line(each, False) for each in whole[1:])]
        else:
            found = []
        self._keep(rest)
        return [line for line in found if line is not None]

    def last(self) -> list[Line]:
        """What came after the last line's end, once the log has ended."""
        rest, was_cut = self._rest, self._is_cut
        self._rest, self._is_cut = b"", False
        line = self._line(rest, was_cut) if rest else None
        return [line] if line else []

    def _keep(self, rest: bytes) -> None:
        self._is_cut |= len(self._rest) + len(rest) > LONGEST_LINE
        self._rest = (self._rest + rest)[:LONGEST_LINE]

    def _line(self, raw: bytes, was_cut: bool) -> Line | None:
        stamp, _, text = raw.partition(b" ")
        moment = nanoseconds(stamp)
        # What the kubelet says of itself in a log, such as that it cannot be read, has no time.
        text = text if moment else raw
        place = self._place(moment)
        if self._after is not None:
            if place <= self._after:
                return None
            self._after = None
        return Line(place, text[:LONGEST_LINE].decode(errors="replace").removesuffix("\r"), was_cut or len(text) > LONGEST_LINE)

    def _place(self, moment: int) -> Place:
        # A clock that was set back does not turn the order of lines around.
        at = max(moment, self._at)
        self._nth = self._nth + 1 if at == self._at else 0
        self._at = at
        return Place(self._run, at, self._nth)


def nanoseconds(stamp: bytes) -> int:
    """RFC 3339 with up to nine decimals -> nanoseconds since the epoch; 0 for what is no time, such as an error that the kubelet writes."""
    text = stamp.decode("ascii", errors="replace")
    if text[_WHOLE : _WHOLE + 1] != ".":
        return _second(text) * 1_000_000_000
    digits = len(text)
    for index in range(_WHOLE + 1, len(text)):
        if not text[index].isdigit():
            digits = index
            break
    fraction = text[_WHOLE + 1 : digits][:9]
    return _second(text[:_WHOLE] + text[digits:]) * 1_000_000_000 + int(fraction.ljust(9, "0") or 0)


@lru_cache(maxsize=1024)
def _second(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return 0
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def second_of(place: Place) -> str:
    """The second in which `place` is, as `sinceTime` wants it."""
    return f"{datetime.fromtimestamp(place.at // 1_000_000_000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def tail_of(lines: Sequence[Line], asked: int) -> list[Line]:
    """The lines of a tail of at most `asked` lines, without those of the first moment where it may begin amid them: as their number before
    the tail is unknown, they could not be counted again."""
    if len(lines) < asked or lines[0].place.at == lines[-1].place.at:
        return list(lines)
    return [line for line in lines if line.place.at != lines[0].place.at]
