"""A cluster of which a sampler asks: what pods use, and what their model servers have counted."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kube.connect import Api, connect
from tests.deployments.traffic.cluster import Counters, Pod
from tests.kube.fake_server import kubeconfig_for

USAGE = "/apis/metrics.k8s.io/v1beta1/pods"


def stamp(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


@dataclass
class Used:
    """One pod's entry of the metrics API; by default of one container, measured just now."""

    namespace: str
    name: str
    cpu: str = "250m"
    memory: str = "64Mi"
    more: tuple[tuple[str, str], ...] = ()
    age: float = 0.0

    def entry(self) -> dict[str, Any]:
        usage = [(self.cpu, self.memory), *self.more]
        return {
            "metadata": {"namespace": self.namespace, "name": self.name},
            "timestamp": stamp(time.time() - self.age),
            "containers": [{"name": f"c{number}", "usage": {"cpu": cpu, "memory": memory}} for number, (cpu, memory) in enumerate(usage)],
        }


@dataclass
class FakeCluster:
    """`used` is what the metrics API has, `refusal` a status in its place; `servers` are model servers by the pods' names."""

    used: list[Used] = field(default_factory=list)
    refusal: int = 0
    servers: dict[str, Counters] = field(default_factory=dict)
    broken: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    raw: Callable[[], bytes] | None = None

    def answer(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        if path.startswith("/api/v1/namespaces/"):
            return self._server(path.split("/")[6].partition(":")[0])
        if self.refusal or path.partition("?")[0] != USAGE:
            code = self.refusal or 404
            body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "No", "message": "no", "code": code}
            return code, json.dumps(body).encode()
        if self.raw:
            return 200, self.raw()
        items = [each.entry() for each in self.used]
        return 200, json.dumps({"kind": "PodMetricsList", "metadata": {}, "items": items}).encode()

    def _server(self, name: str) -> tuple[int, bytes]:
        if name in self.broken:
            return self.broken[name]
        counters = self.servers.get(name)
        return (200, Pod(name, name, counters=counters).text().encode()) if counters else (404, b"nothing here")


@contextmanager
def served(fake: FakeCluster) -> Iterator[Api]:
    """A connection to it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, body = fake.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    api = connect(kubeconfig_for(f"http://127.0.0.1:{server.server_port}"), timeout=5)
    try:
        yield api
    finally:
        api.close()
        server.shutdown()
        server.server_close()
