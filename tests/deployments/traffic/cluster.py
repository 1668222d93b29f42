"""A cluster of which only what a measurement asks exists: pods, their metrics and the ingress's, behind an API server's paths."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from deployments.models import ModelDeployment, Rollout
from deployments.queries import LABEL
from tests.kube.fake_server import kubeconfig_for

_numbers = itertools.count(1)
GATEWAY = "/api/v1/namespaces/kserve/services/kserve-ingress-gateway:http/proxy/metrics"
CALL = 'method="POST",path="/v2/models/m/infer"'


def stamp(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


@dataclass
class Counters:
    """What one process has counted: good and failed requests, and how many took how many milliseconds."""

    started: float = field(default_factory=time.time)
    good: int = 0
    failed: int = 0
    took: list[int] = field(default_factory=list)

    def serve(self, good: int = 0, failed: int = 0, milliseconds: int = 8) -> None:
        self.good, self.failed = self.good + good, self.failed + failed
        self.took += [milliseconds] * (good + failed)

    def at_most(self, bound: float) -> int:
        return sum(took <= bound for took in self.took)


@dataclass
class Pod:
    """A pod; `answer` overrides what its metrics say: (status, body), or a callable that may take its time."""

    name: str
    service: str
    ready: bool = True
    counters: Counters = field(default_factory=Counters)
    uid: str = field(default_factory=lambda: f"uid-{next(_numbers)}")
    restarts: int = 0
    waiting: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    answer: tuple[int, bytes] | Callable[[], tuple[int, bytes]] | None = None
    made: float = field(default_factory=lambda: time.time() - 3600)

    def restart(self) -> None:
        self.counters, self.restarts = Counters(time.time() + 60 * (self.restarts + 1)), self.restarts + 1

    def metrics(self) -> tuple[int, bytes]:
        if callable(self.answer):
            return self.answer()
        return self.answer or (200, self.text().encode())

    def text(self) -> str:
        lines = ["# TYPE process_start_time_seconds gauge", f"process_start_time_seconds {self.counters.started}"]
        lines += ["# TYPE rest_server_requests_total counter", "# TYPE rest_server_request_duration_seconds histogram"]
        for code, count in ((200, self.counters.good), (500, self.counters.failed)):
            lines.append(f'rest_server_requests_total{{{CALL},status_code="{code}"}} {count}')
        for bound in (0.01, 0.1, 1.0, "+Inf"):
            count = self.counters.at_most(float(bound) * 1000)
            lines.append(f'rest_server_request_duration_seconds_bucket{{{CALL},le="{bound}"}} {count}')
        return "\n".join(lines) + "\n"

    def thing(self, namespace: str) -> dict[str, Any]:
        state = {"waiting": {"reason": self.waiting}} if self.waiting else {"running": {"startedAt": stamp(self.counters.started)}}
        changed = self.made + (60 if self.ready else 1)
        return {
            "metadata": {
                "name": self.name,
                "namespace": namespace,
                "uid": self.uid,
                "labels": {LABEL: self.service, **self.labels},
                "annotations": {"prometheus.kserve.io/port": "8080", "prometheus.kserve.io/path": "/metrics"},
            },
            "spec": {"containers": [{"name": "kserve-container"}]},
            "status": {
                "phase": "Running",
                "startTime": stamp(self.made),
                "conditions": [{"type": "Ready", "status": str(self.ready), "lastTransitionTime": stamp(changed)}],
                "containerStatuses": [{"name": "kserve-container", "ready": self.ready, "restartCount": self.restarts, "state": state}],
            },
        }


class FakeCluster:
    """`ingress` maps destinations to counters; None answers as a cluster without an ingress of ours does."""

    def __init__(self, rollout: Rollout) -> None:
        self.deployment: ModelDeployment = rollout.deployment
        self.namespace = self.deployment.namespace.name
        self.names = {side: f"{self.deployment.name}-r{getattr(rollout, side).number}-predictor" for side in ("stable", "candidate")}
        self.pods: list[Pod] = []
        self.ingress: dict[str, Counters] | None = None
        self.ingress_started = time.time() - 3600
        self.asked: list[str] = []
        self.before_answer: Callable[[str], object] = lambda path: None
        self.down = False

    def pod(self, side: str, **fields: Any) -> Pod:
        made = Pod(f"{self.names[side]}-{next(_numbers):05x}", self.deployment.name, **fields)
        self.pods.append(made)
        return made

    def with_ingress(self) -> tuple[Counters, Counters]:
        self.ingress = {name: Counters(self.ingress_started) for name in self.names.values()}
        return self.ingress[self.names["stable"]], self.ingress[self.names["candidate"]]

    def answer(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        self.before_answer(path)
        path, _, _query = path.partition("?")
        if self.down:
            return 503, b"no leader"
        if path == GATEWAY:
            return self._refusal(404, "services") if self.ingress is None else (200, self._ingress_text().encode())
        if path == f"/api/v1/namespaces/{self.namespace}/pods":
            items = [pod.thing(self.namespace) for pod in self.pods]
            return 200, json.dumps({"kind": "PodList", "metadata": {"resourceVersion": "9"}, "items": items}).encode()
        named = next(
            (pod for pod in self.pods if path.startswith(f"/api/v1/namespaces/{self.namespace}/pods/{pod.name}:8080/proxy/")), None
        )
        return named.metrics() if named else self._refusal(404, "pods")

    def _ingress_text(self) -> str:
        lines = ["# TYPE istio_requests_total counter", f"process_start_time_seconds {self.ingress_started}"]
        for name, counters in (self.ingress or {}).items():
            where = f'reporter="source",destination_service_namespace="{self.namespace}",destination_service_name="{name}"'
            for code, count in ((200, counters.good), (503, counters.failed)):
                lines.append(f'istio_requests_total{{{where},response_code="{code}"}} {count}')
            for bound in (1, 10, 100, 1000, "+Inf"):
                count = counters.at_most(float(bound))
                lines.append(f'istio_request_duration_milliseconds_bucket{{{where},response_code="200",le="{bound}"}} {count}')
        return "\n".join(lines) + "\n"

    def _refusal(self, status: int, kind: str) -> tuple[int, bytes]:
        body = {
            "kind": "Status",
            "apiVersion": "v1",
            "status": "Failure",
            "reason": "NotFound",
            "message": f"{kind} not found",
            "code": status,
        }
        return status, json.dumps(body | {"details": {"name": "x", "kind": kind}}).encode()


@contextmanager
def measured_cluster(rollout: Rollout) -> Iterator[FakeCluster]:
    """The fake cluster, to which the rollout's row of a cluster leads."""
    fake = FakeCluster(rollout)

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
    cluster = rollout.deployment.cluster
    cluster.kubeconfig = json.dumps(kubeconfig_for(f"http://127.0.0.1:{server.server_port}"))
    cluster.save(update_fields=["kubeconfig"])
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
