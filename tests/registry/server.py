"""A real MLflow server, started with the quick start's own command line."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.management.commands.serve_models import QUIET, server_command
from tests.supervisor.quickstart import free_port

START_SECONDS = 90


@contextmanager
def real_mlflow(folder: Path) -> Iterator[str]:
    """Its address; its data are in `folder`."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            server_command(folder, port), cwd=folder, env={**kept, **QUIET}, stdout=log, stderr=log, start_new_session=True
        )
    try:
        await_answer(address, server, folder / "server.log")
        yield address
    finally:
        server.terminate()
        server.wait(20)


def await_answer(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Returns when it says that it is well."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{address}/health", timeout=2)  # noqa: S310  our own loopback address
            return
        except OSError:
            assert server.poll() is None and time.monotonic() < deadline, log.read_text()[-2_000:]
            time.sleep(0.3)


def in_python(code: str, *arguments: str) -> str:
    """Runs a script in a process of its own, as MLflow's users do; the last line that it prints."""
    env = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    done = subprocess.run([sys.executable, "-c", code, *arguments], env=env, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout.strip().rpartition("\n")[2]
