"""Times as <time>: how long ago by script (static/js/times.js), the date for those without it, the exact one on hover."""

from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def ago(at: datetime | str | None) -> SafeString | str:
    """`at` (aware, or ISO 8601 text as inventories keep it) as a relative time; a dash where there is none."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) and at else at
    if not moment or isinstance(moment, str):
        return "–"
    if timezone.is_naive(moment):
        moment = moment.replace(tzinfo=UTC)
    local = timezone.localtime(moment)
    exact = date_format(local, "DATETIME_FORMAT")
    return format_html('<time data-ago datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, date_format(local, "DATE_FORMAT"))
