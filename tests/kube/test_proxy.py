"""Calls through the API server's proxy: bytes as they are, bounded in size and time, no redirect followed, no credential passed on."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from kube.connect import Api
from kube.errors import ApiError, Unreachable
from kube.proxy import AnswerTooLarge, ProxyTimeout, call, pod_call, service_call
from sandbox.nodes.address import machine_address
from tests.contract.objects import pod
from tests.kube.fake_server import CHUNKED, LAST_CHUNK, chunk, head, serving

TARGET = "/api/v1/namespaces/n/services/s:80"


def first_line(request: bytes) -> str:
    return request.split(b"\r\n", 1)[0].decode()


def headers_of(request: bytes) -> dict[str, str]:
    lines = request.split(b"\r\n\r\n", 1)[0].decode().split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


@pytest.mark.parametrize(
    ("status", "body"), [(200, b'{"predictions": [1]}'), (400, b"\x00not text\xff"), (503, b"nothing ready"), (302, b"")]
)
def test_whatever_the_other_side_answers_comes_back(status: int, body: bytes) -> None:
    with serving([head(status, "X-Served-By: pod-1", "Location: http://elsewhere/", "Connection: close", body=body)]) as (api, script):
        reply = service_call(api, "n", "s", 80, "POST", "/v1/models/a b:predict", body=b"{}", query="x=1 2")
    assert (reply.status, reply.body, reply.headers["x-served-by"]) == (status, body, "pod-1")
    assert first_line(script.requests[0]) == "POST /api/v1/namespaces/n/services/s:80/proxy/v1/models/a%20b:predict?x=1%202 HTTP/1.1"
    assert len(script.requests) == 1


def test_only_harmless_headers_are_passed_on() -> None:
    given = {
        "content-type": "text/plain",
        "X-Request-Id": "7",
        "Authorization": "Basic x",
        "Cookie": "a=b",
        "Host": "evil",
        "X-Remote-User": "admin",
        "Impersonate-User": "admin",
        "X-Forwarded-For": "1.2.3.4",
        "Connection": "upgrade",
    }
    with serving([head(200, "Connection: close")]) as (api, script):
        pod_call(api, "n", "p", "http", "GET", "metrics", headers=given)
    sent = headers_of(script.requests[0])
    assert first_line(script.requests[0]).startswith("GET /api/v1/namespaces/n/pods/p:http/proxy/metrics ")
    assert (sent["content-type"], sent["x-request-id"], sent["accept"]) == ("text/plain", "7", "*/*")
    assert sent["authorization"] == "Bearer t0ken"
    assert not {"cookie", "x-remote-user", "impersonate-user", "x-forwarded-for", "connection"} & sent.keys() and sent["host"] != "evil"


@pytest.mark.parametrize("path", ["../../../pods", "/a/../b", "/a/./b", "\\..\\b"])
def test_a_path_that_leaves_its_place_is_never_sent(path: str) -> None:
    with serving() as (api, script), pytest.raises(ValueError, match="below its service"):
        service_call(api, "n", "s", 80, "GET", path)
    assert script.requests == []


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_is_none_is_never_sent(name: str) -> None:
    with serving() as (api, _), pytest.raises(ValueError, match="no name"):
        service_call(api, "n", name, 80, "GET", "/")


def test_names_and_paths_cannot_break_out_of_their_place() -> None:
    with serving([head(200, "Connection: close")]) as (api, script):
        service_call(api, "n/../kube-system", "s?x", 80, "GET", "/%2e%2e/x#y?z")
    line = first_line(script.requests[0])
    assert line == "GET /api/v1/namespaces/n%2F..%2Fkube-system/services/s%3Fx:80/proxy/%252e%252e/x%23y%3Fz HTTP/1.1"


def test_a_header_with_a_line_break_is_refused() -> None:
    with serving() as (api, _), pytest.raises(ValueError, match="control characters"):
        service_call(api, "n", "s", 80, "GET", "/", headers={"X-A": "b\r\nX-C: d"})


def test_the_api_servers_own_refusal_is_told_apart() -> None:
    refusal = b'{"kind":"Status","apiVersion":"v1","reason":"ServiceUnavailable","message":"no endpoints available"}'
    with serving([head(503, "Connection: close", body=refusal)]) as (api, _), pytest.raises(ApiError, match="no endpoints") as error:
        call(api, TARGET, "GET", "/")
    assert error.value.status == 503


@pytest.mark.parametrize("by", ["length", "chunks"])
def test_more_than_the_cap_is_not_taken(by: str) -> None:
    data = b"x" * 300_000  # More than one read takes, so that some of it is left on the connection.
    answer = [head(200, body=data)] if by == "length" else [CHUNKED, chunk(data), LAST_CHUNK]
    with serving(answer, [head(200, "Connection: close", body=b"next")]) as (api, _):
        with pytest.raises(AnswerTooLarge):
            call(api, TARGET, "GET", "/", cap=100_000)
        assert call(api, TARGET, "GET", "/", cap=100_000).body == b"next", "what was left of the answer before is no part of this one"


def test_exactly_the_cap_is_taken() -> None:
    with serving([head(200, "Connection: close", body=b"x" * 5000)]) as (api, _):
        assert len(call(api, TARGET, "GET", "/", cap=5000).body) == 5000


@pytest.mark.parametrize("what", ["silent", "silent in the middle", "drop by drop"])
def test_who_takes_too_long_is_not_waited_for(what: str) -> None:
    drops = [part for _ in range(20) for part in (chunk(b"x"), 0.1)]
    answer: list[Any] = {"silent": [3.0], "silent in the middle": [CHUNKED, chunk(b"x"), 3.0], "drop by drop": [CHUNKED, *drops]}[what]
    with serving(answer) as (api, _), pytest.raises(ProxyTimeout):
        call(api, TARGET, "GET", "/", timeout=0.5)


def test_a_cut_answer_is_no_answer() -> None:
    with serving([CHUNKED, chunk(b"half")]) as (api, _), pytest.raises(Unreachable):
        call(api, TARGET, "GET", "/")


class _Echo(BaseHTTPRequestHandler):
    """Says which credential it was shown, and sends back what it got."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("X-Credential", self.headers.get("Authorization", "none"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quietly."""


@pytest.fixture
def echo() -> Iterator[int]:
    server = ThreadingHTTPServer((machine_address(), 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def answered(ask: Any) -> Any:
    """A namespace is ready for pods, and endpoints are known, a moment after they were made."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return ask()
        except ApiError as error:
            if error.status not in (403, 500, 503) or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def test_a_service_is_reached_through_a_real_api_server_without_the_portals_credential(api: Api, namespace: str, echo: int) -> None:
    at, address = f"/api/v1/namespaces/{namespace}", machine_address()
    answered(lambda: api.request("POST", f"{at}/pods", body=pod("p")))
    status = {"status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]}}
    api.request("PATCH", f"{at}/pods/p/status", body=status, content_type="application/strategic-merge-patch+json")
    api.request("POST", f"{at}/services", body={"metadata": {"name": "s"}, "spec": {"ports": [{"name": "http", "port": 80}]}})
    place = {"ip": address, "targetRef": {"kind": "Pod", "name": "p", "namespace": namespace}}
    subset = {"addresses": [place], "ports": [{"name": "http", "port": echo}]}
    api.request("POST", f"{at}/endpoints", body={"metadata": {"name": "s"}, "subsets": [subset]})
    for port in (80, "http"):
        reply = answered(lambda port=port: service_call(api, namespace, "s", port, "POST", "/v2/models/iris/infer", body=b"\x00\xff"))
        assert (reply.status, reply.body, reply.headers["x-credential"]) == (200, b"\x00\xff", "none")
    with pytest.raises(ApiError) as error:
        service_call(api, namespace, "missing", 80, "POST", "/")
    assert error.value.status in (404, 503)
