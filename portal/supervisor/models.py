"""The quick start's model registry: the one that MLFLOW_TRACKING_URI names, else an MLflow server of its own, which comes up later."""

import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from portal.supervisor.child import Role
from portal.supervisor.failure import CannotStart
from portal.supervisor.ports import HOST

OFF = "off"


@dataclass(frozen=True)
class RegistryChoice:
    """`address` is what MLFLOW_TRACKING_URI is for every process, empty without a registry; `roles` are started once the portal is up."""

    address: str
    words: str
    roles: tuple[Role, ...] = ()


def choose_registry(home: Path) -> RegistryChoice:
    """A given registry wins; PORTAL_MODELS=off does without; else it is an own server on a free loopback port."""
    given = os.environ.get("MLFLOW_TRACKING_URI")
    if given:
        return RegistryChoice(given, "the MLflow server in MLFLOW_TRACKING_URI")
    wanted = os.environ.get("PORTAL_MODELS") or "on"
    if wanted not in ("on", OFF):
        raise CannotStart(f"PORTAL_MODELS={wanted!r} is neither on nor off: unset it, or set it to off to do without a model registry.")
    if wanted == OFF:
        return RegistryChoice("", "none (PORTAL_MODELS=off)")
    port = _port(home / "mlflow")
    manage = (sys.executable, "manage.py")
    server = Role("models", (*manage, "serve_models", "--port", str(port)), 1.0)
    demo = Role("demo-models", (*manage, "demo_models", "--wait"), 0.5, once=True)
    return RegistryChoice(f"http://{HOST}:{port}", "an MLflow server of its own, installed and started in the background", (server, demo))


def _port(folder: Path) -> int:
    """The port of last time while it is free, so that addresses which others have kept stay true; else a free one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = folder / "port"
    text = kept.read_text().strip() if kept.is_file() else ""
    port = _bindable(int(text) if text.isascii() and text.isdigit() and 1023 < int(text) < 65536 else 0) or _bindable(0)
    kept.write_text(str(port))
    return port


def _bindable(port: int) -> int:
    """The port if it can be listened on (any free one for 0); 0 when it cannot."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return 0
        return int(probe.getsockname()[1])
