"""Gathers what is wrong with what was written, field by field, so that everything is told at once."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LARGEST = 1_000_000
Value = TypeVar("Value")


class Problems:
    """Messages by field. Each reader gives its default where something could not be read, and notes why."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}

    def note(self, field: str, *messages: str) -> None:
        """Adds messages at a field."""
        self.found.setdefault(field, []).extend(messages)

    @contextmanager
    def gathered(self, field: str = "") -> Iterator[None]:
        """Notes a ValidationError of the block: at its own fields, or at `field` when that is given."""
        try:
            yield
        except ValidationError as error:
            if field or not hasattr(error, "error_dict"):
                self.note(field or "__all__", *error.messages)
            else:
                for name, messages in error.message_dict.items():
                    self.note(name, *messages)

    def read(self, field: str, written: Any, read: Callable[[str], Value], default: Value) -> Value:
        """`read` of the text; the default where nothing is written or it cannot be read."""
        if is_empty(written):
            return default
        with self.gathered(field):
            return read(str(written))
        return default

    def number(self, written: Mapping[str, Any], field: str, default: int) -> int:
        """A whole number from 0 upwards."""
        return self.read(field, written.get(field), parse_number, default)

    def optional_number(self, written: Mapping[str, Any], field: str) -> int | None:
        """The same; None where nothing is written."""
        return None if is_empty(written.get(field)) else self.number(written, field, 0)

    def choice(self, written: Mapping[str, Any], field: str, choices: tuple[Any, ...], default: Any) -> Any:
        """One of the choices, as it stands among them."""
        value = written.get(field)
        if is_empty(value):
            return default
        if value not in choices:
            offered = ", ".join(choice for choice in choices if choice)
            self.note(
                field, _("“%(written)s” is not offered. Choose one of: %(choices)s.") % {"written": str(value)[:40], "choices": offered}
            )
            return default
        return value

    def read_many(self, written: Mapping[str, Any], field: str, read: Callable[[Any], tuple[Value, ...]]) -> tuple[Value, ...]:
        """`read` of a list or of a text; nothing where neither is written or it cannot be read."""
        given = written.get(field)
        if is_empty(given):
            return ()
        with self.gathered(field):
            if not isinstance(given, str | list | tuple):
                raise ValidationError(_("Give a list."))
            return read(given)
        return ()

    def end(self) -> None:
        """Raises ValidationError for everything that was noted."""
        if self.found:
            raise ValidationError(self.found)


def is_empty(written: Any) -> bool:
    """Whether nothing was written there."""
    return written is None or written == ""


def parse_number(text: str) -> int:
    """Digits only: no sign, no fraction, no other alphabet's digits. Raises ValidationError."""
    if not (text.isascii() and text.isdigit()):
        raise ValidationError(_("Write a whole number, such as 1 or 2."))
    if len(text) > len(str(LARGEST)) or int(text) > LARGEST:
        raise ValidationError(_("Write a number up to %(largest)s.") % {"largest": LARGEST})
    return int(text)


def parse_count(field: str, written: Any) -> int | None:
    """A whole number from a query, None where nothing is written. Raises ValidationError at `field`."""
    if is_empty(written):
        return None
    try:
        return parse_number(str(written))
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from None
