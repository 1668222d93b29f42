"""APIServices: availability, what is sent on to their servers, and what is refused."""

import base64
import json
import secrets
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sandbox.nodes.address import machine_address
from sandbox.signing import Authority
from tests.contract.client import MERGE, Answer, Api
from tests.sandbox.node_api.conftest import Server

SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"
SYSTEM = "/api/v1/namespaces/default"


class _Server(BaseHTTPRequestHandler):
    """Serves a discovery document, and under it tells what it was asked."""

    def do_GET(self) -> None:
        shown = {
            "kind": "APIResourceList",
            "resources": [{"name": "things", "kind": "Thing", "singularName": "", "namespaced": True, "verbs": ["get"]}],
        }
        if self.path.count("/") > 3:
            peer = self.connection.getpeercert() or {}
            subject = [value for part in peer.get("subject", ()) for key, value in part if key == "commonName"]
            headers = [(key.lower(), value) for key, value in self.headers.items()]
            shown = {"kind": "Echo", "path": self.path, "headers": headers, "peer": subject, "method": self.command}
        body = json.dumps(shown).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Quietly."""


@pytest.fixture
def remote(server: Server, api: Api, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Name and group of a registered APIService whose server runs, but whose service has no endpoints yet."""
    name = f"x{secrets.token_hex(4)}"
    authority, group = Authority("its-ca"), f"{name}.example.org"
    pair = authority.serving(name, [f"{name}.default.svc"], [])
    (tmp_path / "crt").write_bytes(pair.certificate)
    (tmp_path / "key").write_bytes(pair.key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(server.certificates.front_proxy_ca))
    context.load_cert_chain(tmp_path / "crt", tmp_path / "key")
    context.verify_mode = ssl.CERT_REQUIRED
    listener = ThreadingHTTPServer((machine_address(), 0), _Server)
    listener.socket = context.wrap_socket(listener.socket, server_side=True)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    ports = [{"name": "api", "port": 443, "targetPort": listener.server_port}]
    assert api.post(f"{SYSTEM}/services", {"metadata": {"name": name}, "spec": {"ports": ports}}).code == 201
    spec = {"group": group, "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 10}
    spec |= {"service": {"namespace": "default", "name": name}, "caBundle": base64.b64encode(authority.certificate).decode()}
    body = {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": f"v1.{group}"}, "spec": spec}
    assert api.post(SERVICES, body).code == 201
    yield name, group
    api.delete(f"{SERVICES}/v1.{group}")
    listener.shutdown()
    listener.server_close()


def _give_endpoints(api: Api, name: str) -> None:
    port = api.get(f"{SYSTEM}/services/{name}").body["spec"]["ports"][0]["targetPort"]
    subsets = [{"addresses": [{"ip": machine_address()}], "ports": [{"name": "api", "port": port}]}]
    assert api.post(f"{SYSTEM}/endpoints", {"metadata": {"name": name}, "subsets": subsets}).code == 201


def _available(api: Api, group: str, status: str) -> dict[str, str]:
    def conditions(answer: object) -> list[dict[str, str]]:
        return (answer.body.get("status") or {}).get("conditions") or []  # type: ignore[attr-defined]

    answer = api.until(f"{SERVICES}/v1.{group}", lambda answer: any(each["status"] == status for each in conditions(answer)), 40)
    return next(each for each in conditions(answer) if each["type"] == "Available")


def test_without_endpoints_it_is_not_available(api: Api, remote: tuple[str, str]) -> None:
    _, group = remote
    condition = _available(api, group, "False")
    assert condition["reason"] in ("MissingEndpoints", "EndpointsNotFound") and condition["message"]
    api.until(f"/apis/{group}/v1", lambda answer: answer.code == 503)
    assert api.get(f"/apis/{group}/v1/namespaces/default/things/a").code == 503


def test_its_server_hears_who_asks_from_the_front_proxy(api: Api, remote: tuple[str, str]) -> None:
    name, group = remote
    _give_endpoints(api, name)
    assert _available(api, group, "True")["reason"] == "Passed"
    path = f"/apis/{group}/v1/namespaces/default/things/a"
    echo = api.until(path, lambda answer: answer.code == 200, 20).body
    headers = [tuple(each) for each in echo["headers"]]
    assert echo["peer"] == ["front-proxy-client"] and echo["path"] == path
    assert ("x-remote-user", "admin") in headers and ("x-remote-group", "system:masters") in headers
    assert "authorization" not in dict(headers)
    assert group in [each["name"] for each in api.get("/apis").body["groups"]]


def test_nobody_can_claim_to_be_somebody_else(api: Api, remote: tuple[str, str]) -> None:
    name, group = remote
    _give_endpoints(api, name)
    path = f"/apis/{group}/v1/namespaces/default/things/a"
    api.until(path, lambda answer: answer.code == 200, 20)
    response = api._pool.request(
        "GET", api.server + path, headers={"Authorization": f"Bearer {api.token}", "X-Remote-User": "eve", "X-Remote-Group": "system:nodes"}
    )
    headers = [tuple(each) for each in json.loads(response.data)["headers"]]
    assert [value for key, value in headers if key == "x-remote-user"] == ["admin"] and ("x-remote-group", "system:nodes") not in headers


def test_a_server_that_the_bundle_does_not_verify_is_not_asked(api: Api, remote: tuple[str, str]) -> None:
    name, group = remote
    other = base64.b64encode(Authority("another-ca").certificate).decode()
    assert api.patch(f"{SERVICES}/v1.{group}", {"spec": {"caBundle": other}}, MERGE).code == 200
    _give_endpoints(api, name)
    thing = f"/apis/{group}/v1/namespaces/default/things/a"

    def is_judged(service: Answer) -> bool:
        # A kube-apiserver of 1.20 verifies nothing when it looks for the condition, only when it asks.
        reasons = [each["reason"] for each in (service.body.get("status") or {}).get("conditions") or []]
        return "FailedDiscoveryCheck" in reasons or "certificate" in str(api.get(thing).body)

    api.until(f"{SERVICES}/v1.{group}", is_judged, 40)
    assert api.get(thing).code == 503


def test_a_name_that_does_not_fit_is_refused(api: Api) -> None:
    spec = {"group": "g.example.org", "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 10}
    spec["service"] = {"namespace": "default", "name": "s"}
    body = {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": "v2.g.example.org"}, "spec": spec}
    refused = api.post(SERVICES, body)
    assert refused.code == 422 and "metadata.name" in refused.fields


def test_what_verifies_its_certificates_is_published(api: Api, server: Server) -> None:
    data = api.get("/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication").body["data"]
    assert data["client-ca-file"].strip() == server.certificates.ca.read_text().strip()
    assert data["requestheader-client-ca-file"].strip() == server.certificates.front_proxy_ca.read_text().strip()
    assert data["client-ca-file"] != data["requestheader-client-ca-file"]
    assert json.loads(data["requestheader-allowed-names"]) == ["front-proxy-client"]
