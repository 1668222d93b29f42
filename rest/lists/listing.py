"""A list as its address asks for it: `?ordering=&page_size=&page=&format=`, the words of the REST API. What is unknown is not heard."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from rest.lists.column import Column
from rest.lists.download import download
from rest.lists.formats import FORMATS

SIZES = (25, 50, 100)
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Heading:
    """A column's head: `sort` for aria-sort, and the `ordering` that pressing it asks for; both empty where there is none."""

    column: Column
    sort: str = ""
    ordering: str = ""


class Listing(Generic[Row]):
    """The rows of a list in the order that was asked for; `name` is the list's in the names of downloaded files.

    `rows` are already those that the reader may see and has filtered: pages and downloads are made of nothing else.
    """

    sizes = SIZES

    def __init__(
        self, request: HttpRequest, rows: QuerySet[Row], columns: Sequence[Column], *, name: str, default: str, size: int = SIZES[0]
    ) -> None:
        self.asked, self.columns, self.name = request.GET, columns, name
        self.ordering = self._known("ordering", self._orderings(), default)
        self.size = int(self._known("page_size", map(str, SIZES), str(size)))
        self.format = self._known("format", FORMATS, "")
        self.rows = rows.order_by(*self._terms())

    @cached_property
    def page(self) -> Page[Row]:
        """The page that was asked for, or the nearest that there is."""
        return Paginator(self.rows, self.size).get_page(self.asked.get("page"))

    @property
    def headings(self) -> Iterator[Heading]:
        """The heads of the columns that are shown. Pressing one again turns the order round."""
        current, descending = self.ordering.lstrip("-"), self.ordering.startswith("-")
        for column in self.columns:
            if column.label and column.name == current:
                yield Heading(column, "descending" if descending else "ascending", column.name if descending else f"-{column.name}")
            elif column.label:
                yield Heading(column, ordering=column.name if column.order else "")

    @property
    def kept(self) -> dict[str, Any]:
        """What a form that filters this list passes on, so that its order and its size stay."""
        own = {"ordering": self.ordering, "page_size": str(self.size)}
        return {name: value for name, value in own.items() if self.asked.get(name) == value}

    def download(self, prepare: Callable[[list[Any]], object] = list) -> StreamingHttpResponse:
        """Every row of the list in the format that was asked for. `prepare` reads at once what the columns want of a batch of rows."""
        return download(self.rows, [column for column in self.columns if column.value], self.format, self.name, prepare)

    def _known(self, name: str, known: Any, default: str) -> str:
        asked = self.asked.get(name, "")
        return asked if asked in known else default

    def _orderings(self) -> set[str]:
        names = [column.name for column in self.columns if column.order]
        return {*names, *(f"-{name}" for name in names)}

    def _terms(self) -> list[Any]:
        descending = self.ordering.startswith("-")
        [column] = [column for column in self.columns if column.name == self.ordering.lstrip("-")]
        # The key decides between equals, so that no row is on two pages.
        return [*column.terms(descending), "-pk" if descending else "pk"]
