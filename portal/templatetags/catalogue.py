"""The model catalogue's small parts: aliases, old stages, where a version is deployed, figures and sizes."""

import json
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

TONES = {"ok": "ok", "warn": "wait", "bad": "bad", "info": "run"}
# What the old stages were for; a version without one has none.
STAGES = {"Production": "production", "Staging": "staging", "Archived": "archived"}


@register.simple_tag
def alias_chip(name: str, version: int | None = None) -> SafeString:
    """An alias; with a version, where it points."""
    if version is None:
        return format_html('<span class="chip sw-alias">{}</span>', name)
    return format_html('<span class="chip sw-alias">{} <span class="muted">v{}</span></span>', name, version)


@register.simple_tag
def stage_chip(stage: str) -> SafeString:
    """MLflow's old stage of a version, beside its aliases; nothing for a version that has none."""
    if not stage:
        return SafeString("")
    return format_html(
        '<span class="chip" title="{}"><span class="muted">{}</span> {}</span>',
        _("A stage of older MLflow; aliases say this now"),
        _("stage"),
        STAGES.get(stage, stage),
    )


@register.simple_tag
def use_badge(use: Any, numbered: bool = True) -> SafeString:
    """A deployment of a version: its state as tone and word, its page behind it."""
    words = f"{use.label} v{use.version}" if numbered else use.label
    title = f"{use.namespace} · {use.state}"
    return format_html(
        '<a class="st {}" href="{}" title="{}">{}<span class="sr"> {}</span></a>', TONES.get(use.tone, "off"), use.url, title, words, title
    )


@register.simple_tag
def version_url(name: str, number: int) -> str:
    """The page of a version."""
    return reverse("model_version", args=[name, number])


@register.filter
def figure(value: Any) -> str:
    """A metric: whole numbers whole, others with four significant digits, words as they are."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if float(value).is_integer() and abs(value) < 1e12:
        return f"{int(value):,}"
    return f"{value:.4g}"


@register.filter
def first(mapping: dict[str, Any], most: int) -> list[tuple[str, Any]]:
    """The first entries of a mapping as pairs."""
    return list(mapping.items())[:most]


@register.filter
def rows(value: Any) -> str:
    """An example as JSON with one row to a line: a table of numbers is not read downwards."""
    if isinstance(value, dict):
        lines = [f"  {json.dumps(name, ensure_ascii=False)}: {rows(part)}" for name, part in value.items()]
        return "{\n" + ",\n".join(lines) + "\n}"
    if isinstance(value, list) and any(isinstance(part, list | dict) for part in value):
        return "[\n" + ",\n".join(f"    {json.dumps(part, ensure_ascii=False)}" for part in value) + "\n  ]"
    return json.dumps(value, ensure_ascii=False)


@register.filter
def kilobytes(size: int | None) -> str:
    """A file's size in words; empty where it is not told."""
    if size is None:
        return ""
    for unit, step in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= step:
            return f"{size / step:.1f} {unit}"
    return f"{size} B"
