"""Amounts of a resource in the words of people. In: millicores, bytes, cards, as everywhere in the code."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()
SMALL_CPU = 100
BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def _number(value: Decimal, step: str = "0.1") -> str:
    rounded = value.quantize(Decimal(step)) if value < 100 else value.quantize(Decimal(1))
    shown = next(each for each in (rounded.quantize(Decimal(1)), rounded.quantize(Decimal("0.1")), rounded) if each == rounded)
    return number_format(shown, use_l10n=True, force_grouping=True)


def _scale(value: int) -> int:
    scale = 0
    while abs(value) >= 1024 ** (scale + 1) and scale < len(BINARY) - 1:
        scale += 1
    return scale


@register.filter
def amount(value: int | None, key: str) -> str:
    """`value` of the account `key` ("cpu", "memory", "storage", "gpu:..."): "1.5", "256 GiB", "4"; a dash for None."""
    if value is None:
        return "–"
    if key == "cpu":
        # What would be rounded to nothing is told in millicores.
        return f"{value}m" if 0 < abs(value) < SMALL_CPU else _number(Decimal(value) / 1000, "0.01")
    if key in ("memory", "storage"):
        scale = _scale(value)
        return f"{_number(Decimal(value) / 1024**scale)} {BINARY[scale]}"
    return number_format(value, use_l10n=True, force_grouping=True)


@register.simple_tag
def part_of(value: int | None, whole: int | None, key: str) -> str:
    """ "190 of 256 GiB": both in the unit of the whole."""
    if whole is None:
        return amount(value, key)
    if key in ("memory", "storage") and value is not None:
        scale = _scale(whole)
        return _("%(part)s of %(whole)s") % {"part": _number(Decimal(value) / 1024**scale), "whole": amount(whole, key)}
    return _("%(part)s of %(whole)s") % {"part": amount(value, key), "whole": amount(whole, key)}


@register.simple_tag
def sum_of(granted: int, asked: int, whole: int | None, key: str) -> str:
    """ "192 + 32 of 2,048 GiB": all in the unit of what is granted and asked; without a whole, only the sum."""
    scale = _scale(max(granted, asked, 1)) if key in ("memory", "storage") else 0
    unit = f" {BINARY[scale]}" if scale else ""

    def write(value: int) -> str:
        return _number(Decimal(value) / 1024**scale) if scale else amount(value, key)

    part = f"{write(granted)} + {write(asked)}" if asked else write(granted)
    return part + unit if whole is None else _("%(part)s of %(whole)s") % {"part": part, "whole": write(whole) + unit}


@register.filter
def change(value: int, key: str) -> SafeString | str:
    """A difference with its sign and colour; nothing where nothing changes."""
    if not value:
        return ""
    sign, tone = ("+", "plus") if value > 0 else ("−", "minus")
    return format_html('<span class="{}">{}{}</span>', tone, sign, amount(abs(value), key))


@register.simple_tag
def bar(of: int | None, label: str = "", **parts: Any) -> SafeString:
    """One line of parts (`used`, `idle`, `ask`, `over`) of a whole. `label` tells a screen reader what the numbers beside it mean.

    Without a whole nothing is drawn: nobody can say how full it is. Widths are SVG attributes: a policy without inline styles allows them.
    """
    if of is None:
        parts = {}
    whole = max(of or 0, sum(int(value or 0) for value in parts.values()), 1)
    widths = ((name, f"{min(100.0, 100 * int(value or 0) / whole):.2f}") for name, value in parts.items() if value)
    pieces = format_html_join("", '<svg class="{}" width="{}%" aria-hidden="true"></svg>', widths)
    if not label:
        return format_html('<span class="bar" aria-hidden="true">{}</span>', pieces)
    return format_html('<span class="bar" role="img" aria-label="{}">{}</span>', label, pieces)
