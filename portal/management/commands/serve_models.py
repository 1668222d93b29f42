"""`manage.py serve_models`: the quick start's MLflow server; installs it first where it is missing. The supervisor runs it."""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from portal.supervisor import proc
from registry.address import ensure_registry
from registry.models import Registry

PAUSE_SECONDS, LONGEST_PAUSE = 30.0, 600.0
NICENESS = 5
# The server needs none of the portal's settings, some of which are secrets.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", proc.MARK)
# Nobody is told of what is done here, and no job runs beside the server: the catalogue needs none, and each takes 250 MB.
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "PYTHONWARNINGS": "ignore",
}


class Command(BaseCommand):
    help = "Installs MLflow where it is missing, then becomes its server on a loopback port, with its data in PORTAL_HOME/mlflow."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, required=True, help="the loopback port; MLFLOW_TRACKING_URI has to name it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Never returns: this process becomes the server, or tries to install it again and again."""
        registry = ensure_registry()
        if registry is None:
            sys.exit("MLFLOW_TRACKING_URI is not set: nobody would find the server.")
        # The portal comes first, also where the machine is small.
        os.nice(NICENESS)
        install(registry)
        registry.enter(Registry.Phase.STARTING)
        connection.close()
        folder = settings.DATA_DIR / "mlflow"
        folder.mkdir(mode=0o700, exist_ok=True)
        os.chdir(folder)
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        os.execve(sys.executable, server_command(folder, options["port"]), {**kept, **QUIET})  # noqa: S606  a list of our own


def install(registry: Registry) -> None:
    """Returns when MLflow is there. A failed try says why on the models page, and is repeated after a while."""
    pause = PAUSE_SECONDS
    while reason := _install_once(registry):
        registry.enter(Registry.Phase.FAILED, reason)
        connection.close()
        time.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


def _install_once(registry: Registry) -> str:
    """Runs the bootstrap's step, which does nothing when it was done; why it failed, or an empty string."""
    registry.enter(Registry.Phase.INSTALLING)
    connection.close()
    command = [sys.executable, "-m", "scripts.bootstrap", "models"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, check=False, capture_output=True, text=True)  # noqa: S603  a list of our own
    sys.stderr.write(done.stdout + done.stderr)
    sys.stderr.flush()
    lines = done.stderr.strip().splitlines() or ["the installation ended without a word"]
    return lines[-1].removeprefix("slipway: ") if done.returncode else ""


def server_command(folder: Path, port: int) -> list[str]:
    """`mlflow server` on SQLite, artifacts beside it and served by it, answering to the loopback names only."""
    hosts = [host for name in ("127.0.0.1", "localhost") for host in (name, f"{name}:{port}")]
    flags = {
        "--host": "127.0.0.1",
        "--port": str(port),
        "--workers": "1",
        "--backend-store-uri": f"sqlite:///{folder / 'mlflow.sqlite3'}",
        "--artifacts-destination": str(folder / "artifacts"),
        "--allowed-hosts": ",".join(hosts),
        "--cors-allowed-origins": f"http://127.0.0.1:{port}",
        "--x-frame-options": "DENY",
        "--uvicorn-opts": "--no-access-log --timeout-graceful-shutdown 1",
    }
    return [sys.executable, "-m", "mlflow", "server", "--serve-artifacts", *(word for flag in flags.items() for word in flag)]
