"""A whole portal, started as a user starts it: `manage.py up` in a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from portal.supervisor import proc
from portal.supervisor.state import RunFolder

ROOT = Path(__file__).resolve().parents[2]
UNSET = ("DATABASE_URL", "REDIS_URL", "PORTAL_KUBECONFIG", "KUBEBUILDER_ASSETS", "MLFLOW_TRACKING_URI", "DJANGO_SETTINGS_MODULE")
READY_SECONDS = 200


def free_port() -> int:
    """A loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class QuickStart:
    """The portal on the data folder `home`; `env` on top of an environment in which nothing is set but PORTAL_MODELS=off."""

    def __init__(self, home: Path, port: int = 0, **env: str) -> None:
        self.home, self.port = home, port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        inherited = {key: value for key, value in os.environ.items() if key not in UNSET}
        self.env = {**inherited, "PORTAL_HOME": str(home), "PORTAL_PORT": str(self.port), "PORTAL_MODELS": "off", **env}
        self.output = home.with_suffix(".output")
        self.runs: list[str] = []
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.output.open("wb") as output:
            command = [sys.executable, "manage.py", "up"]
            return subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=output, stderr=output, start_new_session=True)

    def again(self) -> "QuickStart":
        """Starts once more on the same data and port."""
        self.process = self._start()
        return self.ready()

    def ready(self) -> "QuickStart":
        """Returns when the last line of the start is there."""
        deadline = time.monotonic() + READY_SECONDS
        while "Ctrl-C ends it" not in self.said():
            assert self.process.poll() is None and time.monotonic() < deadline, self.said()
            time.sleep(0.1)
        self.runs.append(self.record_run())
        return self

    def said(self) -> str:
        """What the terminal shows."""
        return self.output.read_text()

    def record_run(self) -> str:
        """The mark of this start's processes."""
        record = RunFolder(self.home).read()
        assert record is not None
        return record.run

    def living(self) -> list[int]:
        """Every process of every start on these data."""
        return [pid for run in self.runs for pid in proc.marked(run)]

    def ctrl_c(self) -> float:
        """Interrupts it; the seconds until it has ended."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        return time.monotonic() - begin

    def get(self, path: str, token: str = "") -> tuple[int, str]:
        """Status and text of a GET, as nobody or by a token."""
        asked = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {token}"} if token else {})  # noqa: S310
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310  our own loopback address
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def credentials(self) -> dict[str, Any]:
        """The demo accounts' passwords and tokens."""
        return dict(json.loads((self.home / "credentials.json").read_text()))

    def close(self) -> None:
        """Leaves nothing of it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
        proc.end(self.living(), 1)
