"""The embedded API server as a child process, for tests and for whoever wants one with the face of `ControlPlane`."""

import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from sandbox.certs import ensure_certificates
from sandbox.kubeconfig import read_kubeconfig
from sandbox.processes import kept_port, spawn, stop, tail
from sandbox.readiness import wait_until_ready

Progress = Callable[[str], None]


class EmbeddedCluster:
    """Start with `with EmbeddedCluster(folder) as cluster:`; the data stay in `folder`, so a second start finds them again."""

    has_scheduler = False

    def __init__(self, data_dir: Path | str, port: int = 0, *, token_file: Path | None = None, progress: Progress | None = None) -> None:
        """Prepare, start nothing; `port` 0 takes a free one."""
        self.data_dir = Path(data_dir).resolve()
        self.certificates = ensure_certificates(self.data_dir / "certs")
        self.port = kept_port(self.data_dir, port)
        self.server = f"https://127.0.0.1:{self.port}"
        self.kubeconfig_path = self.data_dir / "kubeconfig"
        self._token_file, self._progress = token_file, progress or (lambda line: None)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "EmbeddedCluster":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def token(self) -> str:
        """The admin's bearer token."""
        return (self.data_dir / "admin-token").read_text().strip()

    def start(self) -> None:
        """Start the server and return when it is ready; raises RuntimeError with the log's end if it dies."""
        self.start_api_server()

    def stop(self) -> None:
        """End the server."""
        stop(self._process, 4.0)
        self._process = None

    def kill_api_server(self) -> None:
        """Kill the server the hard way; the data stay."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def start_api_server(self) -> None:
        """Start the server, after `kill_api_server` again, and wait until it is ready."""
        log = self.data_dir / "log" / "sandbox.log"
        process = self._process = spawn(self._command(), log)
        if not wait_until_ready(self.server, self.certificates.ca, "", alive=lambda: process.poll() is None, progress=self._progress):
            self.stop()
            raise RuntimeError(f"the sandbox did not become ready:\n{tail(log)}")

    def compact(self) -> None:
        """Forget old versions, so that a watch from one of them gets 410."""
        access = read_kubeconfig(self.kubeconfig_path)
        context = ssl.create_default_context(cadata=(access.ca_pem or b"").decode())
        headers = {"Authorization": f"Bearer {access.token}"}
        request = urllib.request.Request(f"{self.server}/debug/compact", b"", headers, method="POST")  # noqa: S310  our own server
        urllib.request.urlopen(request, timeout=5, context=context).close()  # noqa: S310

    def check(self) -> str | None:
        """Return the name of the part that has ended by itself, or None while it runs."""
        return "sandbox" if self._process is not None and self._process.poll() is not None else None

    def _command(self) -> list[str]:
        options = ["--data", str(self.data_dir), "--port", str(self.port), "--kubeconfig", str(self.kubeconfig_path)]
        more = ["--token-file", str(self._token_file)] if self._token_file else []
        return [sys.executable, "-m", "sandbox", "serve", *options, *more]
