"""Every route of the portal, read from the URLconf itself."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver


class Route(NamedTuple):
    """`key` is the name with its namespace; a route without a name is called by its pattern."""

    key: str
    pattern: str
    callback: Any


def every_route() -> list[Route]:
    """All of them, the admin site's and the API's included."""
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, prefix: str, space: str) -> Iterator[Route]:
    for part in resolver.url_patterns:
        pattern = prefix + str(part.pattern)
        if isinstance(part, URLResolver):
            yield from _walk(part, pattern, f"{space}{part.namespace}:" if part.namespace else space)
        elif isinstance(part, URLPattern):
            yield Route(space + part.name if part.name else pattern, pattern, part.callback)
