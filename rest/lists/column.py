"""One column of a list: what stands above it, what it is sorted by, what it is in an export."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import F
from django.utils.functional import Promise


@dataclass(frozen=True)
class Column:
    """`name` is its word in `?ordering=` and in exports: the field's name in the REST API, where it has one.

    `label` is its heading; a column without one is exported only. `value` is a dotted path or a function of the row; a column without
    one is shown only. `order` names the fields to sort by, separated by blanks; without any it cannot be sorted by. `pending` says that
    a row may not have it yet.
    """

    name: str
    label: "str | Promise" = ""
    value: str | Callable[[Any], Any] | None = None
    order: str = ""
    pending: bool = False
    numeric: bool = False

    def terms(self, descending: bool) -> list[Any]:
        """For order_by. What has not happened yet is later than everything that has, on every database."""
        if not self.pending:
            return [f"-{field}" if descending else field for field in self.order.split()]
        fields = [F(field) for field in self.order.split()]
        return [field.desc(nulls_first=True) if descending else field.asc(nulls_last=True) for field in fields]

    def read(self, row: Any) -> Any:
        """Its value for an export, as the row has it."""
        return self.value(row) if callable(self.value) else attrgetter(self.value or "")(row)
