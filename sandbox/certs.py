"""Key material of one data folder, made once and then kept: two CAs, the certificates that they sign, the ServiceAccounts' key."""

import datetime
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.signing import Authority, Pair, private_pem

RENEW_BEFORE = datetime.timedelta(days=30)
DNS_NAMES = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
ADDRESSES = ("127.0.0.1", "::1")
KUBELET_CLIENT, KUBELET_CLIENT_GROUP = "kube-apiserver-kubelet-client", "system:masters"
FRONT_PROXY_CLIENT = "front-proxy-client"


@dataclass(frozen=True)
class Certificates:
    """Paths of the PEM files that a server needs and that its clients verify."""

    folder: Path

    @property
    def ca(self) -> Path:
        """The cluster's CA: it signs the API server and its client certificate for kubelets."""
        return self.folder / "ca.crt"

    @property
    def certificate(self) -> Path:
        """The API server's serving certificate."""
        return self.folder / "server.crt"

    @property
    def key(self) -> Path:
        """Its key."""
        return self.folder / "server.key"

    @property
    def kubelet_client(self) -> Path:
        """What the API server shows kubelets."""
        return self.folder / "kubelet-client.crt"

    @property
    def kubelet_client_key(self) -> Path:
        """Its key."""
        return self.folder / "kubelet-client.key"

    @property
    def front_proxy_ca(self) -> Path:
        """A CA of its own: who has its certificate may say whom a request comes from."""
        return self.folder / "front-proxy-ca.crt"

    @property
    def front_proxy_client(self) -> Path:
        """What the API server shows the servers of aggregated APIs."""
        return self.folder / "front-proxy-client.crt"

    @property
    def front_proxy_client_key(self) -> Path:
        """Its key."""
        return self.folder / "front-proxy-client.key"

    @property
    def service_account_key(self) -> Path:
        """Signs the tokens of ServiceAccounts."""
        return self.folder / "service-account.key"

    @property
    def service_account_public(self) -> Path:
        """Verifies them."""
        return self.folder / "service-account.pub"


def ensure_certificates(folder: Path) -> Certificates:
    """Return the certificates in `folder`, making them at the first call or when they are about to expire."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    paths = Certificates(folder)
    if not _is_valid(paths.certificate) or not _is_valid(paths.kubelet_client):
        _write_cluster_pairs(paths)
    if not _is_valid(paths.front_proxy_client):
        _write_front_proxy_pair(paths)
    if not paths.service_account_key.exists() or not paths.service_account_public.exists():
        _write_service_account_pair(paths)
    return paths


def write_private(path: Path, content: bytes) -> None:
    """Replace `path` by a file only its owner can read; never leaves half of it behind."""
    partial = path.with_name(path.name + ".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
    partial.replace(path)


def _is_valid(path: Path) -> bool:
    if not path.exists():
        return False
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return certificate.not_valid_after_utc > datetime.datetime.now(datetime.UTC) + RENEW_BEFORE


def _write_cluster_pairs(paths: Certificates) -> None:
    authority = Authority("sandbox-ca")
    write_private(paths.ca, authority.certificate)
    _write(authority.client(KUBELET_CLIENT, KUBELET_CLIENT_GROUP), paths.kubelet_client, paths.kubelet_client_key)
    _write(authority.serving("kube-apiserver", DNS_NAMES, ADDRESSES), paths.certificate, paths.key)


def _write_front_proxy_pair(paths: Certificates) -> None:
    authority = Authority("sandbox-front-proxy-ca")
    write_private(paths.front_proxy_ca, authority.certificate)
    _write(authority.client(FRONT_PROXY_CLIENT), paths.front_proxy_client, paths.front_proxy_client_key)


def _write(pair: Pair, certificate: Path, key: Path) -> None:
    write_private(key, pair.key)
    write_private(certificate, pair.certificate)


def _write_service_account_pair(paths: Certificates) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    write_private(paths.service_account_key, private_pem(key))
    write_private(paths.service_account_public, public)
