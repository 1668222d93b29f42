"""Reads a kubeconfig into the client's configuration: inline data only, and nothing in it is ever executed."""

import base64
import binascii
import ssl
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from kubernetes.client import Configuration

from kube.errors import KubeconfigError

_FILES = {name: f"{name}-data" for name in ("certificate-authority", "client-certificate", "client-key")}
_COMMANDS = ("exec", "auth-provider")


def read_file(path: str | Path) -> dict[str, Any]:
    """A kubeconfig from a file, with every file that it names taken in, so that it can be stored. Raises KubeconfigError."""
    source = Path(path)
    try:
        config = parsed(source.read_text())
        for section in ("clusters", "users"):
            for item in config.get(section) or []:
                _take_in(item.get("cluster") or item.get("user") or {}, source.parent)
    except (OSError, UnicodeDecodeError) as error:
        raise KubeconfigError(f"The kubeconfig {source} cannot be read: {error}.") from error
    return config


def _take_in(values: dict[str, Any], folder: Path) -> None:
    for name, inline in _FILES.items():
        if named := values.pop(name, None):
            values[inline] = base64.b64encode((folder / named).read_bytes()).decode()
    if named := values.pop("tokenFile", None):
        values["token"] = (folder / named).read_text().strip()


def parsed(kubeconfig: dict[str, Any] | str) -> dict[str, Any]:
    """The kubeconfig as a mapping, from YAML or JSON text. Raises KubeconfigError."""
    if isinstance(kubeconfig, str):
        try:
            kubeconfig = yaml.safe_load(kubeconfig)
        except yaml.YAMLError as error:
            raise KubeconfigError(f"The kubeconfig is not YAML: {error}.") from error
    if not isinstance(kubeconfig, dict) or not kubeconfig.get("clusters"):
        raise KubeconfigError('The kubeconfig has no "clusters"; paste all of what is printed by "kubectl config view --raw --minify".')
    return kubeconfig


def current(config: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The (cluster, user) parts of the current context. Raises KubeconfigError when they cannot be used by a server."""
    contexts = config.get("contexts") or []
    name = config.get("current-context") or (contexts[0].get("name") if len(contexts) == 1 else None)
    context = _named(contexts, name, "context")
    cluster = _named(config["clusters"], context.get("cluster"), "cluster")
    user = _named(config.get("users") or [], context["user"], "user") if context.get("user") else {}
    for found in (cluster, user):
        _refuse_outside(found)
    if urlsplit(str(cluster.get("server", ""))).scheme not in ("http", "https"):
        raise KubeconfigError('The cluster\'s "server" must be a URL that begins with https:// (or http://).')
    return cluster, user


def _named(items: list[dict[str, Any]], name: str | None, what: str) -> dict[str, Any]:
    for item in items:
        if item.get("name") == name and isinstance(item.get(what), dict):
            return dict(item[what])
    raise KubeconfigError(f'The kubeconfig has no {what} named "{name}"; set "current-context" and what it names.')


def _refuse_outside(values: dict[str, Any]) -> None:
    for name in _COMMANDS:
        if values.get(name):
            raise KubeconfigError(f'The kubeconfig uses "{name}", which would run a program here; use a token or a client certificate.')
    for name in (*_FILES, "tokenFile"):
        if values.get(name):
            raise KubeconfigError(f'The kubeconfig names a file ("{name}"); put its contents into the kubeconfig instead.')


def configuration(config: dict[str, Any]) -> tuple[Configuration, ssl.SSLContext | None]:
    """The client's configuration and, for https, one TLS context for all connections. Raises KubeconfigError."""
    cluster, user = current(config)
    made = Configuration(host=str(cluster["server"]).rstrip("/"))
    made.verify_ssl = not cluster.get("insecure-skip-tls-verify")
    made.tls_server_name = cluster.get("tls-server-name")
    if cluster.get("proxy-url") or not made.host.startswith("https:"):
        # A proxy from the environment is for the way out; a plain server is this machine's own.
        made.proxy = cluster.get("proxy-url")
    made.username, made.password = user.get("username"), user.get("password")
    if user.get("token"):
        made.api_key = {"authorization": f"Bearer {user['token']}"}
    return made, _tls(cluster, user) if made.host.startswith("https:") else None


def _tls(cluster: dict[str, Any], user: dict[str, Any]) -> ssl.SSLContext:
    try:
        authority = _decoded(cluster, "certificate-authority-data")
        context = ssl.create_default_context(cadata=authority.decode() if authority else None)
        if cluster.get("insecure-skip-tls-verify"):
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        certificate, key = _decoded(user, "client-certificate-data"), _decoded(user, "client-key-data")
        if certificate and key:
            _load_pair(context, certificate, key)
    except (ssl.SSLError, UnicodeDecodeError, ValueError) as error:
        raise KubeconfigError(f"A certificate or key in the kubeconfig cannot be used: {error}.") from error
    return context


def _decoded(values: dict[str, Any], name: str) -> bytes | None:
    if not values.get(name):
        return None
    try:
        return base64.b64decode(values[name], validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise KubeconfigError(f'"{name}" in the kubeconfig is not base64.') from error


def _load_pair(context: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    # The TLS library reads key pairs only from files; this one is private and gone at once.
    with tempfile.NamedTemporaryFile(prefix="kube-", suffix=".pem") as pair:
        pair.write(certificate + b"\n" + key)
        pair.flush()
        context.load_cert_chain(pair.name)
