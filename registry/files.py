"""A version's files for pages and REST: listed, and sent as attachments. Whoever calls has asked whether the person may see the version."""

import threading
from collections import Counter
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from registry.models import ModelVersion
from registry.tracking.artifacts import File, NotKept, Pieces, list_files, open_file
from registry.tracking.client import Client
from registry.tracking.errors import RegistryRefused, RegistrySilent

PER_USER = 4
MEGABYTE = 1_000_000
_open_by_user: Counter[str] = Counter()
_counting = threading.Lock()


class Unavailable(Exception):
    """The files cannot be had: `status` is HTTP's, `message` for people."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def files_of(row: ModelVersion, path: str) -> list[File]:
    """The entries of a folder of the version. Raises Unavailable (404, 503)."""
    try:
        with Client(settings.MLFLOW_TRACKING_URI, _patience) as client:
            return list_files(client, row.download_uri, path)
    except (NotKept, RegistryRefused, RegistrySilent) as reason:
        raise _unavailable(reason) from reason


def send_file(user: str, row: ModelVersion, path: str, megabytes: int) -> StreamingHttpResponse:
    """The answer with the file, which is at most `megabytes` large. Raises Unavailable (404, 413, 429, 503).

    One that the registry says is larger is refused before its first byte; one whose size it does not tell ends there.
    """
    place = _Place(user)
    try:
        size, pieces = open_file(settings.MLFLOW_TRACKING_URI, _patience(), row.download_uri, path, megabytes * MEGABYTE)
    except BaseException as reason:
        place.close()
        if isinstance(reason, NotKept | RegistryRefused | RegistrySilent):
            raise _unavailable(reason, megabytes) from reason
        raise
    name = path.rpartition("/")[2]
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment", "Cache-Control": "no-store"}
    if size is not None:
        headers["Content-Length"] = str(size)
    return StreamingHttpResponse(_Download(pieces, place), content_type="application/octet-stream", headers=headers)


class _Place:
    """One of the few downloads that a person may have at once in this process, from its opening to its end. Raises Unavailable (429)."""

    def __init__(self, user: str) -> None:
        self._user, self._taken = user, False
        with _counting:
            if _open_by_user[user] >= PER_USER:
                raise Unavailable(429, _("Too many downloads at once. Wait for one to end."))
            _open_by_user[user] += 1
            self._taken = True

    def close(self) -> None:
        with _counting:
            if self._taken:
                _open_by_user[self._user] -= 1
            self._taken = False


class _Download:
    """A piece at a time; the connection to the registry ends with the reader's, also with one who leaves before the first piece."""

    def __init__(self, pieces: Pieces, place: _Place) -> None:
        self._pieces, self._place = pieces, place

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while (piece := await sync_to_async(_next)(self._pieces)) is not None:
                yield piece
        finally:
            await sync_to_async(self.close)()

    def close(self) -> None:
        """Called by the server, too, when the answer is over, however it ended."""
        self._place.close()
        self._pieces.close()


def _patience() -> float:
    return float(settings.SLIPWAY["REQUEST_TIMEOUT_SECONDS"])


def _unavailable(reason: Exception, megabytes: int = 0) -> Unavailable:
    if isinstance(reason, RegistrySilent):
        return Unavailable(503, _("The model registry does not answer now. What is shown besides is what it last told."))
    if isinstance(reason, NotKept):
        return Unavailable(404, _("The files are kept outside of the registry; the portal does not reach them."))
    if isinstance(reason, RegistryRefused) and reason.status == 413:
        words = _("This file is larger than the %(most)s MB that the portal sends. Fetch it from the registry itself.")
        return Unavailable(413, words % {"most": megabytes})
    return Unavailable(404, _("There is no such file."))


def _next(pieces: Pieces) -> bytes | None:
    return next(pieces, None)
