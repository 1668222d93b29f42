"""The windows that are being filled, in memory: what came is put into the finest, and from there into the coarser ones."""

from dataclasses import dataclass, field
from typing import NamedTuple

from metrics.columns import Columns, Point, fold, put
from metrics.steps import FINE, HOUR, MINUTE, slot_of, span, window_of

POD = "pod."


class Line(NamedTuple):
    """Whose values: a subject, and one of its revisions or "" for all of it."""

    subject: str
    part: str = ""

    @property
    def has_hours(self) -> bool:
        """Pods are gone before an hour means much."""
        return not self.subject.startswith(POD)


class Place(NamedTuple):
    """Which window of a line."""

    line: Line
    step: int
    start: int


@dataclass
class Window:
    """`changed` since it was written; `behind` are the beginnings of coarser steps that have not taken in what came."""

    columns: Columns = field(default_factory=dict)
    changed: bool = True
    behind: set[int] = field(default_factory=set)


COARSER = {FINE: MINUTE, MINUTE: HOUR}


class Windows:
    """Those of one cluster; kept until their time is over and they are written."""

    def __init__(self) -> None:
        self.open: dict[Place, Window] = {}

    def restore(self, place: Place, columns: Columns) -> None:
        """One that was written by a process before this one; what it has not handed on is handed on again."""
        window = self.open[place] = Window(columns, changed=False)
        if step := COARSER.get(place.step):
            window.behind = {at - at % step for at in range(place.start, place.start + span(place.step), step)}

    def put(self, line: Line, step: int, at: int, point: Point) -> None:
        """Take a point in."""
        window = self.open.setdefault(Place(line, step, window_of(at, step)), Window())
        put(window.columns, slot_of(at, step), point)
        window.changed = True
        if coarser := COARSER.get(step):
            window.behind.add(at - at % coarser)

    def roll(self, now: int) -> None:
        """Hand minutes that are complete on, and what is known of the hours."""
        for step in (FINE, MINUTE):
            for place, window in list(self.open.items()):
                if place.step == step and window.behind:
                    self._roll(place, window, now)

    def _roll(self, place: Place, window: Window, now: int) -> None:
        coarser = COARSER[place.step]
        if coarser == HOUR and not place.line.has_hours:
            window.behind.clear()
            return
        done = {at for at in window.behind if coarser == HOUR or at + coarser <= now}
        window.behind -= done
        for at in sorted(done):
            begin = (at - place.start) // place.step
            if point := fold(window.columns, begin, begin + coarser // place.step):
                self.put(place.line, coarser, at, point)

    def forget(self, now: int) -> None:
        """Those whose time is over and that are written and handed on."""
        for place, window in list(self.open.items()):
            if not window.changed and not window.behind and place.start + span(place.step) <= now:
                del self.open[place]
