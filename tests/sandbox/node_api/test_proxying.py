"""The proxy subresources of pods, services and nodes: the same through the embedded and a real API server."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sandbox.nodes.address import machine_address
from sandbox.processes import free_ports
from tests.contract.client import STRATEGIC, Api
from tests.contract.objects import binding, pod

HOST = machine_address()


class _Echo(BaseHTTPRequestHandler):
    """Tells what it was asked."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        headers = {key.lower(): value for key, value in self.headers.items()}
        shown = json.dumps({"method": self.command, "path": self.path, "headers": headers, "body": body}).encode()
        self.send_response(418 if self.path.startswith("/teapot") else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Own", "kept")
        self.send_header("Content-Length", str(len(shown)))
        self.end_headers()
        self.wfile.write(shown)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Quietly."""


@pytest.fixture(scope="module")
def echo() -> Iterator[int]:
    """The port of a server on the machine's address."""
    server = ThreadingHTTPServer((HOST, 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def _pod_at(api: Api, space: str, name: str, address: str) -> None:
    assert api.post(f"{space}/pods", pod(name)).code == 201
    status = {"status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]}}
    assert api.patch(f"{space}/pods/{name}/status", status, STRATEGIC).code == 200


def _service_at(api: Api, space: str, name: str, port: int, *, pod_address: str = HOST) -> None:
    """A service of one endpoint, which says that it is the pod `name`."""
    _pod_at(api, space, name, pod_address)
    target = {"kind": "Pod", "name": name, "namespace": space.rpartition("/")[2]}
    ports = [{"name": "web", "port": 80}, {"name": "other", "port": 81}]
    assert api.post(f"{space}/services", {"metadata": {"name": name}, "spec": {"ports": ports}}).code == 201
    subsets = [{"addresses": [{"ip": HOST, "targetRef": target}], "ports": [{"name": "web", "port": port}]}]
    assert api.post(f"{space}/endpoints", {"metadata": {"name": name}, "subsets": subsets}).code == 201


def test_a_pod_is_asked_as_the_client_asked(api: Api, space: str, echo: int) -> None:
    _pod_at(api, space, "a", HOST)
    answer = api.call("POST", f"{space}/pods/a:{echo}/proxy/some/path", {"x": 1}, q="two words")
    assert (answer.code, answer.headers["x-own"]) == (200, "kept")
    assert answer.body["method"] == "POST" and json.loads(answer.body["body"]) == {"x": 1}
    assert answer.body["path"] in ("/some/path?q=two+words", "/some/path?q=two%20words")


def test_whatever_it_answers_comes_back(api: Api, space: str, echo: int) -> None:
    _pod_at(api, space, "a", HOST)
    for verb in ("GET", "PUT", "PATCH", "DELETE"):
        answer = api.call(verb, f"{space}/pods/a:{echo}/proxy/teapot")
        assert (answer.code, answer.body["method"]) == (418, verb)


def test_credentials_stay_behind(api: Api, space: str, echo: int) -> None:
    _pod_at(api, space, "a", HOST)
    headers = api.get(f"{space}/pods/a:{echo}/proxy/").body["headers"]
    assert "authorization" not in headers and api.token not in json.dumps(headers)


@pytest.mark.parametrize("name", ["s:web", "s:80", "http:s:web"])
def test_a_service_is_asked_at_its_endpoints(api: Api, space: str, echo: int, name: str) -> None:
    _service_at(api, space, "s", echo)
    assert api.until(f"{space}/services/{name}/proxy/x", lambda answer: answer.code == 200).body["path"] == "/x"


def test_a_service_without_such_a_port_or_endpoint_is_unavailable(api: Api, space: str, echo: int) -> None:
    _service_at(api, space, "s", echo)
    api.until(f"{space}/services/s:web/proxy/", lambda answer: answer.code == 200)
    refused = api.get(f"{space}/services/s:other/proxy/")
    assert (refused.code, refused.message) == (503, 'no endpoints available for service "s:other"')
    refused = api.get(f"{space}/services/s:82/proxy/")
    assert (refused.code, refused.message) == (503, 'no service port 82 found for service "s"')
    assert api.get(f"{space}/services/none/proxy/").code == 404


def test_an_endpoint_that_is_no_pod_is_not_asked(api: Api, space: str, echo: int) -> None:
    _service_at(api, space, "s", echo, pod_address="10.244.0.9")
    refused = api.get(f"{space}/services/s:web/proxy/")
    assert (refused.code, refused.message) == (503, 'no endpoints available for service "s:web"')


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254"])
def test_the_server_itself_cannot_be_reached_through_a_pod(api: Api, space: str, address: str) -> None:
    _pod_at(api, space, "a", address)
    refused = api.get(f"{space}/pods/a:{_any_port()}/proxy/")
    assert (refused.code, refused.message) == (400, "address not allowed")


def _any_port() -> int:
    """Any port: nothing is to be dialed."""
    return free_ports(1)[0]


@pytest.mark.parametrize("name", ["ftp:a:80", "a:b:c:d", ":80"])
def test_a_name_that_cannot_be_read_is_refused(api: Api, space: str, name: str) -> None:
    refused = api.get(f"{space}/pods/{name}/proxy/")
    assert refused.code == 400 and refused.message == f'invalid pod request "{name}"'


def test_a_path_without_a_slash_is_sent_to_the_one_with_it(api: Api, space: str, echo: int) -> None:
    _pod_at(api, space, "a", HOST)
    answer = api.call("GET", f"{space}/pods/a:{echo}/proxy")
    assert answer.code == 301 and answer.headers["location"].endswith(f"/pods/a:{echo}/proxy/")


def test_nobody_there_is_said_with_the_address(api: Api, space: str) -> None:
    _pod_at(api, space, "a", HOST)
    port = free_ports(1)[0]
    refused = api.get(f"{space}/pods/a:{port}/proxy/")
    assert refused.code >= 500
    assert refused.message == f"error trying to reach service: dial tcp {HOST}:{port}: connect: connection refused"


def test_proxying_is_a_right_of_its_own(api: Api, space: str, echo: int) -> None:
    _pod_at(api, space, "a", HOST)
    assert api.post(f"{space}/serviceaccounts", {"metadata": {"name": "reader"}}).code == 201
    subject = {"kind": "ServiceAccount", "name": "reader", "namespace": space.rpartition("/")[2]}
    roles = space.replace("/api/v1", "/apis/rbac.authorization.k8s.io/v1")
    assert api.post(f"{roles}/rolebindings", binding("reader", "view", subject)).code == 201
    answer = api.post(
        f"{space}/serviceaccounts/reader/token", {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    )
    reader = api.as_token(answer.body["status"]["token"])
    reader.until(f"{space}/pods/a", lambda answer: answer.code == 200)
    refused = reader.get(f"{space}/pods/a:{echo}/proxy/")
    assert refused.code == 403 and 'cannot get resource "pods/proxy"' in refused.message
