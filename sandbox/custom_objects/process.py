"""The server of custom objects as a child process of the real control plane, and what its API server has to be told of it."""

import secrets
import subprocess
import sys
import time
from pathlib import Path

from sandbox.certs import write_private
from sandbox.custom_objects.guard import audit_policy, audit_webhook
from sandbox.processes import kept_port, spawn, tail

START_SECONDS = 60.0


class CustomObjects:
    """Everything of it stands in `folder`."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._folder, self._log = folder, log
        self._ready = folder / "ready"
        self._port = 0

    def audit_files(self) -> tuple[Path, Path]:
        """The policy and the webhook for the next start of the API server."""
        self._folder.mkdir(parents=True, exist_ok=True)
        policy, webhook = self._folder / "audit-policy.yaml", self._folder / "audit-webhook.kubeconfig"
        write_private(policy, audit_policy().encode())
        write_private(webhook, audit_webhook(self._guard_port(), secrets.token_urlsafe(24)).encode())
        return policy, webhook

    def start(self, kubeconfig: Path) -> subprocess.Popen[bytes]:
        """Start it and return when it serves; raises RuntimeError with the log's end if it does not."""
        self._ready.unlink(missing_ok=True)
        process = spawn(self._command(kubeconfig), self._log)
        end = time.monotonic() + START_SECONDS
        while not self._ready.exists():
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                raise RuntimeError(f"custom objects cannot be served:\n{tail(self._log)}")
            time.sleep(0.05)
        return process

    def _command(self, kubeconfig: Path) -> list[str]:
        files = ["--data", str(self._folder / "cluster"), "--kubeconfig", str(kubeconfig), "--ready", str(self._ready)]
        return [sys.executable, "-m", "sandbox", "custom-objects", *files, "--guard-port", str(self._guard_port())]

    def _guard_port(self) -> int:
        """The same as long as this control plane runs: its API server knows no other."""
        self._port = self._port or kept_port(self._folder, 0)
        return self._port
