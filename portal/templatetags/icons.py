"""Icons from our own sprite; always decoration, the word beside them carries the meaning."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """The symbol `name` of static/img/icons.svg as inline SVG."""
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#{}"></use></svg>', static("img/icons.svg"), name)
