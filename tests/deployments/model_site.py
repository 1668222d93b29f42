"""A model server of the tests on a free port: it answers what it is told to, and keeps what it was asked."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from clusters.models import Cluster
from clusters.serving import serving_of
from deployments.models import ModelDeployment
from tests.deploying import let_serve, observe_service, ready_status

ANSWER = b'{"model_name": "m", "outputs": [{"name": "output-1", "shape": [1], "datatype": "INT64", "data": [7]}]}'


@dataclass
class ModelSite:
    """`asked` are (path, headers, body) in their order; the rest is what it answers, `pause` seconds after it was asked."""

    address: str = ""
    status: int = 200
    body: bytes = ANSWER
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    pause: float = 0.0
    cut: bool = False
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def model_site() -> Iterator[ModelSite]:
    """Answers POSTs until the block ends."""
    site = ModelSite()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            time.sleep(site.pause)
            self.send_response(site.status)
            for name, value in site.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(site.body) + site.cut))
            self.end_headers()
            self.wfile.write(site.body)
            self.close_connection = site.cut

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site.address = f"127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def serve_at(deployment: ModelDeployment, site: ModelSite) -> str:
    """The cluster tells that the deployment answers at the site, under the domain of its ingress; its URL."""
    url = f"http://{site.address}/serving/{deployment.namespace.name}/{deployment.name}"
    let_domain(deployment.cluster, site.address)
    observe_service(deployment, {**ready_status(deployment), "url": url})
    return url


def let_domain(cluster: Cluster, domain: str) -> None:
    """The domain that KServe's configuration names."""
    let_serve(cluster, domain=domain, path_template="/serving/{{ .Namespace }}/{{ .Name }}")
    assert serving_of(cluster).domain == domain
