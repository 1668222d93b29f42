"""What a table of a kind consists of: its columns, and a function that makes the cells of one object."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.kinds.rules import Object

Cells = Callable[[Object, datetime], list[Any]]


@dataclass(frozen=True)
class Column:
    """One column; those with a priority above 0 are shown by `-o wide` only."""

    name: str
    type: str = "string"
    priority: int = 0
    format: str = ""
    description: str = ""

    def body(self) -> dict[str, Any]:
        """As a Table carries it."""
        return {
            "name": self.name,
            "type": self.type,
            "format": self.format,
            "description": self.description,
            "priority": self.priority,
        }


def no_conditions(value: Object) -> list[Object]:
    """Rows without conditions."""
    return []


@dataclass(frozen=True)
class Printer:
    """How objects of one kind become rows; `cells` has one value per column, for an object and the time now."""

    columns: tuple[Column, ...]
    cells: Cells
    conditions: Callable[[Object], list[Object]] = no_conditions


def columns(text: str) -> tuple[Column, ...]:
    """Columns from `Name, Desired:integer, Selector+`: the type behind a colon (string), a plus for `-o wide` only."""
    return tuple(_column(each.strip()) for each in text.split(","))


def _column(text: str) -> Column:
    name, _, kind = text.removesuffix("+").partition(":")
    return Column(name, kind or "string", int(text.endswith("+")), "name" if name == "Name" else "")
