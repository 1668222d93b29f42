"""A portal of its own for the pictures: a data folder that goes away, SQLite, the shipped settings, served by uvicorn."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager

import django
from django.core.management import call_command

START_SECONDS = 30.0


def prepare() -> str:
    """Points the settings at a fresh folder, makes the tables and collects the static files; returns the folder."""
    home = tempfile.mkdtemp(prefix="slipway-pictures-")
    os.environ |= {"PORTAL_HOME": home, "DJANGO_SETTINGS_MODULE": "portal.settings", "SLIPWAY_LOG_LEVEL": "ERROR"}
    # Nothing answers there: the pages show what the catalogue last knew.
    os.environ["MLFLOW_TRACKING_URI"] = "http://127.0.0.1:9"
    os.environ.pop("DATABASE_URL", None)
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    call_command("collectstatic", interactive=False, verbosity=0)
    return home


@contextmanager
def served(home: str) -> Iterator[str]:
    """The address of the portal while it is served; the folder is removed at the end."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "portal.asgi:application", "--port", str(port), "--log-level", "warning"]
    with open(os.path.join(home, "web.log"), "wb") as log:
        process = subprocess.Popen([*command, "--timeout-graceful-shutdown", "2"], stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(home, ignore_errors=True)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=1).close()  # noqa: S310 - our own address
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("the portal for the pictures did not start; run uvicorn portal.asgi:application by hand to see why")
