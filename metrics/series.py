"""Series as they are told: values at equal steps with None for gaps, request and limit beside them, source or the reason for none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite

from metrics.asked import Asked
from metrics.columns import Columns, Point, empty_column, fold, mean, most, points_of
from metrics.models import Chunk, Origin
from metrics.names import CARDS, SERVERS, SOURCES, Name
from metrics.packing import unpack
from metrics.reasons import NO_CARDS, NOT_YET, NOTHING_TELLS, words
from metrics.sources.source import Reason
from metrics.store import chunks
from metrics.windows import Line

Values = list[float | None]
Read = Callable[[Point], float | None]
# Six digits tell everything of a use; the seventh is noise that every reader would download.
DIGITS = 6


@dataclass(frozen=True)
class Series:
    """`part` is one of the subject's revisions, or empty for all of it; `most` the largest single sample of each step, of gauges."""

    name: Name
    part: str
    values: Values
    most: Values | None = None
    request: Values | None = None
    limit: Values | None = None
    source: str = ""
    reason: str = ""


@dataclass(frozen=True)
class About:
    """Whose series. `bounds` are lines that its rows know better than samples do: {"cpu.limit": 2.0}, None for no limit."""

    cluster_id: int
    subject: str
    bounds: Mapping[str, float | None] = field(default_factory=dict)


def series_of(about: About, asked: Asked, *, parts: bool = False) -> list[Series]:
    """In the order of the names; with `parts`, behind each whole those of the revisions that have values in that time."""
    lines = [Line(about.subject), *(_parts(about, asked) if parts else ())]
    points = {line: _points(columns, asked) for line, columns in _columns(about, lines, asked).items()}
    origins = _origins(about)
    return [_series(about, name, line, points.get(line, []), origins, asked) for name in asked.names for line in lines]


def _parts(about: About, asked: Asked) -> list[Line]:
    rows = Chunk.objects.filter(cluster=about.cluster_id, subject=about.subject, step=asked.base).exclude(part="")
    found = rows.filter(start__gte=asked.since - asked.base * 60, start__lt=asked.until).values_list("part", flat=True).distinct()
    return [Line(about.subject, part) for part in sorted(found, key=lambda part: (len(part), part))]


def _columns(about: About, lines: list[Line], asked: Asked) -> dict[Line, Columns]:
    """The values of the whole time side by side."""
    length = (asked.until - asked.since) // asked.base
    found: dict[Line, Columns] = {}
    for line, row in chunks(about.cluster_id, lines, asked.base, asked.since, asked.until):
        begin = (row.start - asked.since) // asked.base
        mine = found.setdefault(line, {})
        for name, values in unpack(row.data).items():
            target = mine.setdefault(name, empty_column(length))
            first, last = max(0, -begin), min(len(values), length - begin)
            target[begin + first : begin + last] = values[first:last]
    return found


def _points(columns: Columns, asked: Asked) -> list[Point]:
    many = asked.step // asked.base
    if many == 1:
        return points_of(columns, asked.points)
    return [fold(columns, at * many, (at + 1) * many) for at in range(asked.points)]


def _series(about: About, name: Name, line: Line, points: list[Point], origins: list[Origin], asked: Asked) -> Series:
    values = _each(points, name.value, asked)
    largest = _each(points, lambda point: most(point, name.name), asked) if name.is_gauge else None
    request, limit = _bounds(about, name, points, asked) if name.bounded else (None, None)
    source, reason = _origin(name, about, origins)
    if any(value is not None for value in values):
        # What was told stands, also while the source is silent.
        source, reason = source or SOURCES[name.group], None if reason in (NOTHING_TELLS, NOT_YET) else reason
    return Series(name, line.part, values, largest, request, limit, source, words(reason) if reason else "")


def _each(points: list[Point], read: Read, asked: Asked) -> Values:
    found = [read(point) for point in points] if points else [None] * asked.points
    return [round(value, DIGITS) if value is not None and isfinite(value) else None for value in found]


def _bounds(about: About, name: Name, points: list[Point], asked: Asked) -> tuple[Values | None, Values | None]:
    """As the rows say it, else as it was sampled."""
    request, limit = (_bound(about, f"{name.name}.{what}", points, asked) for what in ("request", "limit"))
    return request, limit


def _bound(about: About, column: str, points: list[Point], asked: Asked) -> Values | None:
    if column in about.bounds:
        return None if (value := about.bounds[column]) is None else [value] * asked.points
    return _line(points, column, asked)


def _line(points: list[Point], column: str, asked: Asked) -> Values | None:
    found = _each(points, lambda point: mean(point, column), asked)
    return found if any(value is not None for value in found) else None


def _origins(about: About) -> list[Origin]:
    return list(Origin.objects.filter(cluster=about.cluster_id, subject__in=["", about.subject]))


def _origin(name: Name, about: About, origins: list[Origin]) -> tuple[str, Reason | None]:
    """The source, or why there is none: of resources that of the cluster, of servers that of the workload itself."""
    if name.group == CARDS:
        return "", NO_CARDS
    subject = about.subject if name.group == SERVERS else ""
    row = next((row for row in origins if row.group == name.group and row.subject == subject), None)
    if row is None:
        return "", NOTHING_TELLS if name.group == SERVERS else NOT_YET
    reason = row.reasons.get(name.name) or row.reasons.get("")
    return ("", (reason[0], reason[1])) if reason else (row.source, None)
