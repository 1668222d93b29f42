"""Series as a file for spreadsheets: a line for each time, empty cells for gaps."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer

from rest.lists.formats import FORMATS

VALUES = ("values", "max", "request", "limit")


class SeriesCsv(BaseRenderer):
    """What `?format=csv` chooses. An error stays the JSON that it is."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None) -> bytes:
        """The body of a SeriesView's answer as text."""
        if "times" not in data:
            return orjson.dumps(data)
        names, rows = _table(data)
        form = FORMATS["csv"]
        return (form.opening(names) + "".join(form.line(names, row) for row in rows)).encode()


def _table(body: Mapping[str, Any]) -> tuple[list[str], list[Sequence[Any]]]:
    columns: list[tuple[str, Sequence[Any]]] = [("time", [datetime.fromtimestamp(at, UTC) for at in body["times"]])]
    for each in body["series"]:
        name = f"{each['name']}.{each['revision']}" if each["revision"] else each["name"]
        columns += [(name if what == "values" else f"{name}.{what}", each[what]) for what in VALUES if each[what]]
    return [name for name, _values in columns], list(zip(*(values for _name, values in columns), strict=True))
