"""Turns what people write ("8", "32Gi", {"h100": "1"}) into typed resources; forms and serializers both call it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kube.quantities import QuantityError, bytes_of, count_of, cpu_millicores
from tenants.resources import Resources
from tenants.wish import NamespaceWish

# Less is a unit that was forgotten: "512" is 512 bytes.
LEAST_BYTES = 2**20


def parse_resources(written: Mapping[str, Any]) -> Resources:
    """Resources from strings: `cpu`, `memory`, `storage` and `gpus` by flavor; what is missing or empty is nothing.

    Raises ValidationError per field, telling what to write.
    """
    problems: dict[str, list[str]] = {}
    amounts = {
        name: _read(problems, name, read, written.get(name))
        for name, read in (("cpu", cpu_millicores), ("memory", _sane_bytes), ("storage", _sane_bytes))
    }
    gpus = {flavor: _read(problems, "gpus", count_of, count) for flavor, count in dict(written.get("gpus") or {}).items()}
    if problems:
        raise ValidationError(problems)
    return Resources(gpus={flavor: count for flavor, count in gpus.items() if count}, **amounts)


def changed_wish(wish: NamespaceWish, written: Mapping[str, Any]) -> NamespaceWish:
    """The wish with what was written over it; a key that is absent stays. Raises ValidationError per field."""
    known = {"cpu", "memory", "storage", "gpus", "ends_at"}
    if unknown := sorted(set(written) - known):
        raise ValidationError(
            {key: [_("This cannot be decided otherwise; it can be: %(known)s.") % {"known": ", ".join(sorted(known))}] for key in unknown}
        )
    fresh = parse_resources(written)
    kept = {name: getattr(fresh if name in written else wish.resources, name) for name in ("cpu", "memory", "storage", "gpus")}
    ends_at = parse_end(written["ends_at"]) if "ends_at" in written else wish.ends_at
    return replace(wish, resources=Resources(**kept), ends_at=ends_at)


def parse_end(written: Any) -> dt.datetime | None:
    """The end of a grant: empty for none, a date (its last moment, UTC) or an ISO 8601 time. Raises ValidationError for the field."""
    if not written:
        return None
    try:
        end = dt.datetime.fromisoformat(str(written))
        if len(str(written)) == len("2026-12-31"):
            end = dt.datetime.combine(end.date(), dt.time(23, 59, 59))
        # At the edges of the calendar another zone's time is none of ours.
        return end.astimezone(dt.UTC) if end.tzinfo else end.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        raise ValidationError({"ends_at": [_("Write a date such as 2026-12-31, or leave it empty.")]}) from None


def _sane_bytes(text: str) -> int:
    """None at all, or an amount that something can be done with. Raises QuantityError."""
    amount = bytes_of(text)
    if 0 < amount < LEAST_BYTES:
        raise QuantityError("too_small", f'"{text[:40]}" is {amount} bytes. Write it with a unit, such as "512Mi"; the least is "1Mi".')
    return amount


def _read(problems: dict[str, list[str]], field: str, read: Callable[[str], int], written: Any) -> int:
    if written is None or written == "":
        return 0
    try:
        return read(str(written))
    except QuantityError as error:
        problems.setdefault(field, []).append(_hint(field, error, str(written)))
        return 0


def _hint(field: str, error: QuantityError, written: str) -> str:
    """What to write instead, in the reader's language; the codes are those of kube.quantities, and `too_small`."""
    if field == "gpus" and error.code == "whole":
        return _("GPUs are given whole: write 1 or 2. For a part of a card, ask for a shared flavor if the cluster offers one.")
    hints = {
        "empty": _("Write a number, such as 2, 500m or 4Gi."),
        "spaces": _("Write it without spaces, such as 2 or 4Gi."),
        "sign": _("Write a number from 0 upwards without a sign, such as 2 or 500m."),
        "notation": _("“%(written)s” is not a quantity. Write a number with an optional unit: 2, 500m, 4Gi."),
        "too_large": _("“%(written)s” is more than any cluster has. Write a smaller number."),
        "cpu_precision": _("CPU is counted in thousandths: write a multiple of 1m, such as 500m."),
        "bytes_precision": _("Write whole bytes, such as 4Gi or 512Mi."),
        "too_small": _("“%(written)s” is less than 1Mi: the unit is missing, or too small. Write it with one, such as 512Mi or 4Gi."),
        "whole": _("Write a whole number, such as 1 or 2."),
    }
    hint = hints.get(error.code)
    return hint % {"written": written[:40]} if hint else str(error)
