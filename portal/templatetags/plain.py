"""Structured values as text that people can read."""

import json
from typing import Any

from django import template

register = template.Library()


@register.filter
def plain(value: Any) -> str:
    """JSON with a line per key; text stays text and is escaped like any other."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=str)
