"""A validating admission webhook on loopback that refuses what it is asked, and its registration."""

import contextlib
import json
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from kube.connect import Api
from sandbox.controlplane import ControlPlane

NAME = "planted.example.com"
PATH = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"


@contextlib.contextmanager
def webhook(plane: ControlPlane, admin: Api, plural: str, message: str | None, group: str = "") -> Iterator[None]:
    """Refuses every write of a kind of v1 with `message`; None: it is registered and nobody answers."""
    server = HTTPServer(("127.0.0.1", 0), _handler(message or ""))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(plane.certificates.certificate, plane.certificates.key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    port = server.server_port
    if message is None:
        server.server_close()
    else:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    admin.request("POST", PATH, body=_registration(plane, port, plural, group))
    try:
        yield
    finally:
        admin.request("DELETE", f"{PATH}/{NAME}")
        if message is not None:
            server.shutdown()
            server.server_close()


def _handler(message: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            verdict = {"uid": asked["request"]["uid"], "allowed": False, "status": {"code": 403, "message": message}}
            body = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": verdict}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Nothing."""

    return Handler


def _registration(plane: ControlPlane, port: int, plural: str, group: str) -> dict[str, Any]:
    authority = b64encode(plane.certificates.ca.read_bytes()).decode()
    rule = {"operations": ["CREATE", "UPDATE"], "apiGroups": [group], "apiVersions": ["v1"], "resources": [plural]}
    hook = {
        "name": NAME,
        "clientConfig": {"url": f"https://127.0.0.1:{port}/", "caBundle": authority},
        "rules": [rule],
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "failurePolicy": "Fail",
        "timeoutSeconds": 2,
    }
    return {"metadata": {"name": NAME}, "webhooks": [hook]}
