"""Kubeconfig files: written for the admin of a started cluster, read by the simulators."""

import base64
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.certs import write_private


@dataclass(frozen=True)
class Access:
    """How to reach one API server: where it is, what verifies it and who we are."""

    server: str
    ca_pem: bytes | None
    token: str | None
    verify: bool = True
    certificate_pem: bytes | None = None
    key_pem: bytes | None = None


def write_kubeconfig(path: Path, *, server: str, ca: Path, token: str, name: str) -> None:
    """Write an admin kubeconfig (mode 0600) for `server`, verified by the CA in `ca`."""
    authority = base64.b64encode(ca.read_bytes()).decode()
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": server, "certificate-authority-data": authority}}],
        "users": [{"name": "admin", "user": {"token": token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": "admin"}}],
        "current-context": name,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, yaml.safe_dump(document, sort_keys=False).encode())


def read_kubeconfig(path: Path) -> Access:
    """Read the current context of `path`; raises ValueError saying what is missing."""
    document = yaml.safe_load(path.read_text()) or {}
    context = _named(document, "contexts", document.get("current-context"), "context")
    cluster = _named(document, "clusters", context.get("cluster"), "cluster")
    user = _named(document, "users", context.get("user"), "user") if context.get("user") else {}
    if "server" not in cluster:
        raise ValueError("the kubeconfig's cluster has no server: write the address of the API server into it")
    return Access(
        server=cluster["server"].rstrip("/"),
        ca_pem=_pem(cluster, "certificate-authority", path),
        token=_token(user, path),
        verify=not cluster.get("insecure-skip-tls-verify", False),
        certificate_pem=_pem(user, "client-certificate", path),
        key_pem=_pem(user, "client-key", path),
    )


def certificate_files(access: Access) -> tuple[str, str] | None:
    """Write the client certificate and key into private temporary files, as the TLS library wants paths."""
    if not access.certificate_pem or not access.key_pem:
        return None
    folder = Path(tempfile.mkdtemp(prefix="sandbox-client-"))
    write_private(folder / "client.crt", access.certificate_pem)
    write_private(folder / "client.key", access.key_pem)
    return str(folder / "client.crt"), str(folder / "client.key")


def _named(document: dict[str, Any], plural: str, name: str | None, singular: str) -> dict[str, Any]:
    for item in document.get(plural) or []:
        if item.get("name") == name:
            return item.get(singular) or {}
    raise ValueError(f"the kubeconfig has no entry {name!r} in {plural}: set current-context and its {singular}")


def _pem(section: dict[str, Any], key: str, path: Path) -> bytes | None:
    if section.get(f"{key}-data"):
        return base64.b64decode(str(section[f"{key}-data"]))
    if section.get(key):
        return (path.parent / str(section[key])).read_bytes()
    return None


def _token(user: dict[str, Any], path: Path) -> str | None:
    if user.get("tokenFile"):
        return (path.parent / str(user["tokenFile"])).read_text().strip()
    return str(user["token"]) if user.get("token") else None


def copy_kubeconfig(source: Path, target: Path) -> None:
    """Write the same kubeconfig elsewhere, readable by its owner only."""
    if source.resolve() != target.resolve():
        target.parent.mkdir(parents=True, exist_ok=True)
        write_private(target, source.read_bytes())
