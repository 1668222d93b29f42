"""Who calls: client certificates of the cluster's CA or of its front proxy, and what the cluster says they may do."""

import json
import ssl
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.certs import write_private
from sandbox.client.calls import ApiError, Client
from sandbox.signing import Pair

AUTHENTICATION = "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication"
REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
REMEMBERED_SECONDS = 60.0


@dataclass(frozen=True)
class Caller:
    """The subject of a client certificate."""

    name: str
    groups: tuple[str, ...] = ()


class Trust:
    """What the API server published about its own client certificates."""

    def __init__(self, published: Mapping[str, str], fallback: bytes | None) -> None:
        self.client_ca = published.get("client-ca-file") or (fallback or b"").decode()
        self.front_proxy_ca = published.get("requestheader-client-ca-file", "")
        self.front_proxy_names: list[str] = json.loads(published.get("requestheader-allowed-names") or "[]")


async def read_trust(client: Client, fallback: bytes | None) -> Trust:
    """Ask the cluster; one that publishes no client CA is taken to use `fallback`, the CA of the kubeconfig. Raises ApiError."""
    try:
        answer = await client.call("GET", AUTHENTICATION)
    except ApiError as error:
        if error.code not in (403, 404):
            raise
        answer = {}
    return Trust(answer.get("data") or {}, fallback)


def server_context(own: Pair, client_ca: str) -> ssl.SSLContext:
    """TLS for a server that asks for a certificate of this CA; who shows none gets as far as an answer of 401."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with tempfile.TemporaryDirectory(prefix="sandbox-serving-") as folder:
        certificate, key = Path(folder) / "tls.crt", Path(folder) / "tls.key"
        write_private(certificate, own.certificate)
        write_private(key, own.key)
        context.load_cert_chain(certificate, key)
    context.load_verify_locations(cadata=client_ca)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def caller_of(transport: Any) -> Caller | None:
    """Whose certificate the connection was opened with; None without one."""
    certificate = transport.get_extra_info("peercert") if transport is not None else None
    if not certificate:
        return None
    pairs = [pair for part in certificate["subject"] for pair in part]
    groups = tuple(value for key, value in pairs if key == "organizationName")
    return Caller(next((value for key, value in pairs if key == "commonName"), ""), groups)


class Reviews:
    """Asks the cluster whether a caller may do something with nodes, as a kubelet does, and remembers the answer for a minute."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[tuple[Caller, str, str], tuple[float, bool]] = {}

    async def allows(self, caller: Caller, verb: str, subresource: str) -> bool:
        """Whether the caller may `verb` nodes/`subresource`. Raises ApiError."""
        key = caller, verb, subresource
        until, allowed = self._known.get(key, (0.0, False))
        if until < time.monotonic():
            allowed = await self._ask(caller, verb, subresource)
            self._known[key] = time.monotonic() + REMEMBERED_SECONDS, allowed
        return allowed

    async def _ask(self, caller: Caller, verb: str, subresource: str) -> bool:
        wanted = {"verb": verb, "version": "v1", "resource": "nodes", "subresource": subresource}
        spec = {"user": caller.name, "groups": [*caller.groups, "system:authenticated"], "resourceAttributes": wanted}
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        answer = await self._client.call("POST", REVIEWS, review)
        return bool(answer.get("status", {}).get("allowed"))
