"""A long answer read line by line on a connection of its own, which another thread can interrupt."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, IncompleteRead, ReadTimeoutError

from kube.answers import raise_for
from kube.connect import Api, unreachable
from kube.errors import WatchCut

_CHUNK = 65536


class LineStream:
    """Open, iterate, close. A silence of `idle_seconds` and a cut in the middle raise WatchCut; a proper end just ends."""

    def __init__(self, api: Api, path: str, query: dict[str, Any], idle_seconds: float) -> None:
        self.api, self.url = api, api.url(path, query)
        self.idle_seconds = idle_seconds
        self._pool = api.own_pool(self._remember)
        self._socket: socket.socket | None = None
        self._response: urllib3.BaseHTTPResponse | None = None
        self._interrupted = threading.Event()

    def open(self) -> None:
        """Sends the request and reads the head of the answer. Raises ApiError, Unreachable or WatchCut."""
        limits = urllib3.Timeout(connect=self.api.timeout, read=self.idle_seconds)
        try:
            response = self._pool.urlopen(
                "GET", self.url, None, self.api.headers, retries=False, redirect=False, timeout=limits, preload_content=False
            )
            if response.status != 200:
                raise_for(response.status, response.read(), response.headers)
        except ReadTimeoutError as error:
            raise self._silent() from error
        except (HTTPError, OSError) as error:
            raise unreachable(error) from error
        self._response = response

    def chunks(self) -> Iterator[bytes]:
        """The bytes as they come, without regard to lines."""
        while chunk := self._read():
            yield chunk

    def __iter__(self) -> Iterator[bytes]:
        rest = b""
        for chunk in self.chunks():
            *lines, rest = (rest + chunk).split(b"\n")
            yield from (line for line in lines if line.strip())
        if rest.strip() and not self._interrupted.is_set():
            raise WatchCut("The stream was cut in the middle of a line.")

    def _read(self) -> bytes:
        if self._response is None:
            raise RuntimeError("open() comes first")
        try:
            return self._response.read1(_CHUNK, decode_content=False)
        except ReadTimeoutError as error:
            raise self._silent() from error
        except IncompleteRead as error:
            raise WatchCut("The stream was cut before its end.") from error
        except (HTTPError, OSError) as error:
            raise WatchCut(f"The stream broke: {error}") from error

    def _silent(self) -> WatchCut:
        return WatchCut(f"Nothing came for {self.idle_seconds:g} seconds; the connection is taken for dead.")

    def _remember(self, made: socket.socket) -> None:
        self._socket = made
        if self._interrupted.is_set():
            self.interrupt()

    def interrupt(self) -> None:
        """Wakes a thread that waits for the next byte."""
        self._interrupted.set()
        if self._socket is not None:
            # The plain socket below TLS: closing the TLS layer itself from another thread is not safe.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Ends the connection; safe to repeat."""
        if self._response is not None:
            self._response.close()
        self._pool.close()
        self._socket = None
