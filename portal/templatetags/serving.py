"""How deployments do and what they serve, as badges and chips; the same everywhere."""

from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()
ENVIRONMENTS = {"production": "prod"}


@register.simple_tag
def health_badge(health: Any) -> SafeString:
    """Word, shape and colour of a deployment's health."""
    return format_html('<span class="st {} short">{}</span>', health.tone, health.word)


@register.simple_tag
def environment_chip(namespace: Any) -> SafeString:
    """What the namespace is for."""
    tone = ENVIRONMENTS.get(namespace.environment, "")
    return format_html('<span class="chip {}">{}</span>', tone, namespace.get_environment_display())


@register.simple_tag
def model_words(revision: Any) -> SafeString:
    """The model with its version and the aliases that this carries now, else the place or the image."""
    if revision is None:
        return format_html('<span class="muted">–</span>')
    source = revision.spec.source
    if source.kind != "model":
        return format_html('<span class="mono">{}</span>', source)
    return format_html("{} {}", source.model, version_chip(revision))


@register.simple_tag
def version_chip(revision: Any) -> SafeString:
    """ "v4 champion" as a chip."""
    source = revision.spec.source
    if source.kind != "model":
        return format_html('<span class="chip">r{}</span>', revision.number)
    version = revision.model_version
    names = [alias.name for alias in version.aliases.all()] if version else []
    return format_html('<span class="chip">v{}{}</span>', source.version, format_html_join("", " {}", ((name,) for name in names)))


@register.simple_tag
def figure(cell: Any) -> str:
    """A measured number as short as it can be read, or that nobody measures it."""
    if cell.value is None:
        return _("no source")
    unit = {"rps": _("rps"), "ms": _("ms")}.get(cell.unit, cell.unit)
    number = f"{short(cell.value)} {unit}".strip()
    return _("more than %(number)s") % {"number": number} if cell.above else number


@register.filter
def short(value: float) -> str:
    """Three digits that count, without noughts behind the point."""
    rounded = round(value, 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2)
    return number_format(int(rounded) if rounded == int(rounded) else rounded, use_l10n=True, force_grouping=True)


@register.filter
def cell_label(cell: Any) -> str:
    """The heading of a measured number, where a table is a list."""
    return {"requests": _("Requests"), "rps": _("Rate"), "errors": _("Errors")}.get(cell.name, str(cell.name))
