"""A list as a file, sent while it is read: a batch of rows at a time, and no connection held while the reader's line is slow."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from rest.lists.column import Column
from rest.lists.formats import FORMATS, Format

Prepare = Callable[[list[Any]], object]
MOST = 10_000
BATCH = 500


def download(rows: QuerySet[Any], columns: Sequence[Column], ending: str, name: str, prepare: Prepare) -> StreamingHttpResponse:
    """The rows in the format of this ending, at most MOST; the file's name says where there are more.

    `prepare` is called with each batch.
    """
    keys = list(rows.values_list("pk", flat=True)[: MOST + 1])
    cut = f"-first-{MOST}" if len(keys) > MOST else ""
    file = f"slipway-{name}-{timezone.now():%Y%m%dT%H%M%SZ}{cut}.{ending}"
    texts = _texts(rows, keys[:MOST], columns, FORMATS[ending], prepare)
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return StreamingHttpResponse(_sent(texts), content_type=FORMATS[ending].content_type, headers=headers)


async def _sent(texts: Iterator[str]) -> AsyncIterator[str]:
    """The server is asynchronous: it would collect a plain iterator whole before it sends a byte."""
    while (text := await sync_to_async(_next)(texts)) is not None:
        yield text


def _next(texts: Iterator[str]) -> str | None:
    try:
        return next(texts, None)
    finally:
        close_old_connections()


def _texts(rows: QuerySet[Any], keys: list[Any], columns: Sequence[Column], form: Format, prepare: Prepare) -> Iterator[str]:
    names = [column.name for column in columns]
    yield form.opening(names)
    joint = ""
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        # Asked of the same rows again: what has left the reader's sight meanwhile is not in the file.
        found = rows.in_bulk(batch)
        prepare(list(found.values()))
        if lines := [form.line(names, [column.read(found[key]) for column in columns]) for key in batch if key in found]:
            yield joint + form.joint.join(lines)
            joint = form.joint
    yield form.closing
