"""Which request is being served, and through which door it came: read by record() and by the log formatter."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("slipway_request_id", default="")
_source: ContextVar[str] = ContextVar("slipway_source", default="system")


def request_id() -> str:
    """The id of the HTTP request being served, or an empty string outside of one."""
    return _request_id.get()


def source() -> str:
    """The door: html, rest, admin, cli or system."""
    return _source.get()


@contextmanager
def entered(source: str, request_id: str = "") -> Iterator[None]:
    """Everything in the block is recorded as coming through `source`. Commands use entered("cli")."""
    id_token, source_token = _request_id.set(request_id), _source.set(source)
    try:
        yield
    finally:
        _request_id.reset(id_token)
        _source.reset(source_token)
