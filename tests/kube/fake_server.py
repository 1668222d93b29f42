"""A server that answers each connection with prepared bytes: what no real API server does on request."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kube.connect import Api, connect

Part = bytes | float | Callable[[], object]


def head(status: int = 200, *headers: str, body: bytes = b"") -> bytes:
    """A whole answer, or with a Transfer-Encoding header the beginning of one."""
    length = [] if any(header.lower().startswith("transfer") for header in headers) else [f"Content-Length: {len(body)}"]
    lines = [f"HTTP/1.1 {status} X", "Content-Type: application/json", *headers, *length, "", ""]
    return "\r\n".join(lines).encode() + body


CHUNKED = head(200, "Transfer-Encoding: chunked")
LAST_CHUNK = b"0\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


class Script:
    """The answers in order of the connections; `requests` holds the heads that came in."""

    def __init__(self, *answers: list[Part]) -> None:
        self.answers, self.requests = list(answers), []  # type: ignore[var-annotated]
        self.ended = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def run(self) -> None:
        for answer in self.answers:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self._answer(connection, answer)

    def _answer(self, connection: socket.socket, answer: list[Part]) -> None:
        connection.settimeout(5)
        try:
            self.requests.append(connection.recv(65536))
            for part in answer:
                if isinstance(part, bytes):
                    connection.sendall(part)
                elif callable(part):
                    part()
                else:
                    self.ended.wait(part)
        except OSError:
            return


@contextmanager
def serving(*answers: list[Part], timeout: float = 2.0) -> Iterator[tuple[Api, Script]]:
    """An Api that talks to a server with these answers; floats are pauses in seconds, callables are called."""
    script = Script(*answers)
    thread = threading.Thread(target=script.run, daemon=True)
    thread.start()
    try:
        yield connect(kubeconfig_for(script.url), timeout=timeout), script
    finally:
        script.ended.set()
        script.listener.close()
        thread.join(5)


def kubeconfig_for(url: str, **user: str) -> dict:
    return {
        "clusters": [{"name": "c", "cluster": {"server": url}}],
        "users": [{"name": "u", "user": user or {"token": "t0ken"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
