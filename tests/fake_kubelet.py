"""A pod whose only container writes, restarts and loses its connections as a test says: no real kubelet does that on request."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from kube.connect import Api, connect
from tests.kube.fake_server import kubeconfig_for

START = 1_700_000_000_000_000_000


@dataclass
class Container:
    """`runs` are the logs of each run, of which a node keeps the last two; `cuts` are after how many bytes answers break off."""

    runs: list[list[tuple[int, str]]] = field(default_factory=lambda: [[]])
    running: bool = True
    over: bool = False
    uid: str = "uid-1"
    gone: bool = False
    cuts: list[int] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    clock: int = START
    refusal: tuple[int, str] | None = None

    def write(self, *texts: str, step: int = 1_000) -> None:
        """Lines, `step` nanoseconds after one another."""
        with self.changed:
            for text in texts:
                self.clock += step
                self.runs[-1].append((self.clock, text))
            self.changed.notify_all()

    def restart(self) -> None:
        """The next run begins."""
        with self.changed:
            self.runs.append([])
            self.changed.notify_all()

    def end(self, *, over: bool = True) -> None:
        """It ends; `over`: for good."""
        with self.changed:
            self.running, self.over = False, over
            self.changed.notify_all()

    def pod(self) -> dict[str, Any]:
        state = {"running": {}} if self.running else {"terminated": {"exitCode": 0}}
        last = {"terminated": {"exitCode": 1}} if len(self.runs) > 1 else {}
        status = {"name": "main", "restartCount": len(self.runs) - 1, "state": state, "lastState": last}
        return {"metadata": {"uid": self.uid}, "status": {"phase": "Succeeded" if self.over else "Running", "containerStatuses": [status]}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    container: Container

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if self.container.refusal:
            status, message = self.container.refusal
            self._answer(status, {"kind": "Status", "reason": "Refused", "message": message, "details": {"name": "p", "kind": "pods"}})
        elif self.container.gone:
            self._answer(404, {"kind": "Status", "reason": "NotFound", "message": "no pod", "details": {"name": "p", "kind": "pods"}})
        elif url.path.endswith("/log"):
            self._log(dict(parse_qsl(url.query)))
        else:
            self._answer(200, self.container.pod())

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _log(self, query: dict[str, str]) -> None:
        box = self.container
        box.queries.append(query)
        number = len(box.runs) - (2 if query.get("previous") else 1)
        if number < 0:
            self._answer(400, {"kind": "Status", "reason": "BadRequest", "message": "previous terminated container not found"})
            return
        run = box.runs[number]
        self.left = box.cuts.pop(0) if box.cuts else 1 << 60
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self._lines(run, number, query)
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True

    def _lines(self, run: list[tuple[int, str]], number: int, query: dict[str, str]) -> None:
        box, sent = self.container, 0
        since = int(datetime.fromisoformat(query["sinceTime"]).timestamp()) * 10**9 if "sinceTime" in query else 0
        sent = max(0, len(run) - int(query["tailLines"])) if "tailLines" in query else 0
        while True:
            with box.changed:
                ended = number < len(box.runs) - 1 or not box.running or not query.get("follow")
                fresh = run[sent:]
                if not fresh and not ended:
                    box.changed.wait(5)
                    continue
            for start in range(0, len(fresh), 100):
                self._send("".join(f"{_stamp(at)} {text}\n" for at, text in fresh[start : start + 100] if at >= since).encode())
            sent += len(fresh)
            if ended and not fresh:
                return

    def _send(self, data: bytes) -> None:
        data, self.left = data[: self.left], self.left - len(data)
        if data:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        if self.left < 0:
            raise ConnectionError("cut, as the test wants it")

    def log_message(self, format: str, *args: object) -> None:
        """Quietly."""


def _stamp(at: int) -> str:
    seconds, rest = divmod(at, 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


@contextmanager
def running(container: Container) -> Iterator[Api]:
    """An Api that serves this container as main of every pod."""
    with served(container) as url:
        api = connect(kubeconfig_for(url), timeout=5)
        try:
            yield api
        finally:
            container.end()
            api.close()


@contextmanager
def served(container: Container) -> Iterator[str]:
    """The address of an API server that has this container as main of every pod."""
    handler = type("Handler", (_Handler,), {"container": container})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        container.end()
        server.shutdown()
        server.server_close()


def until(holds: Any, seconds: float = 10) -> None:
    """Wait for something."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
