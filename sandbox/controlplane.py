"""A real control plane (etcd, kube-apiserver and, where present, controller-manager and scheduler) as child processes."""

import secrets
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from sandbox.binaries import Binaries, find_binaries
from sandbox.certs import ensure_certificates, write_private
from sandbox.custom_objects.process import CustomObjects
from sandbox.custom_objects.trait import dies_of_custom_objects
from sandbox.flags import api_server_command, controller_manager_command, etcd_command, scheduler_command
from sandbox.kubeconfig import write_kubeconfig
from sandbox.processes import free_ports, kept_port, spawn, stop, tail
from sandbox.readiness import wait_until_ready

Progress = Callable[[str], None]


class ControlPlane:
    """Start with `with ControlPlane(folder) as cluster:`; the data stay in `folder`, so a second start finds them again."""

    def __init__(
        self,
        data_dir: Path | str,
        port: int = 0,
        *,
        assets: Path | str | None = None,
        progress: Progress | None = None,
        custom_objects: bool = True,
    ) -> None:
        """Prepare, start nothing. `assets` holds the binaries (default: $KUBEBUILDER_ASSETS); `port` 0 takes a free one.

        Without `custom_objects` a build that dies of them is left as it is, and every request spared a way around it.
        """
        self.data_dir = Path(data_dir).resolve()
        self.binaries: Binaries = find_binaries(assets)
        self.certificates = ensure_certificates(self.data_dir / "certs")
        self.port = kept_port(self.data_dir, port)
        self.server = f"https://127.0.0.1:{self.port}"
        self.kubeconfig_path = self.data_dir / "kubeconfig"
        self.token = self._admin_token()
        self._progress = progress or (lambda line: None)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._etcd_url = ""
        self._custom_objects: CustomObjects | None = None
        if custom_objects and dies_of_custom_objects(self.binaries.api_server, self.binaries.version[1]):
            self._custom_objects = CustomObjects(self.data_dir / "custom-objects", self._log("custom-objects"))

    def __enter__(self) -> "ControlPlane":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start every part and return when the API server is ready; raises RuntimeError with the log's end if one dies."""
        try:
            self._start_etcd()
            self._start_api_server()
            write_kubeconfig(self.kubeconfig_path, server=self.server, ca=self.certificates.ca, token=self.token, name="control-plane")
            self._wait_for_api_server()
            self._start_managers()
            self._start_custom_objects()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End every part, the API server before its etcd, within five seconds."""
        for name, seconds in (
            ("custom-objects", 1.0),
            ("kube-scheduler", 0.5),
            ("kube-controller-manager", 0.5),
            ("kube-apiserver", 2.0),
            ("etcd", 1.5),
        ):
            stop(self._processes.pop(name, None), seconds)

    def kill_api_server(self) -> None:
        """Kill the API server the hard way; etcd and the data stay."""
        process = self._processes.pop("kube-apiserver")
        process.kill()
        process.wait()

    def start_api_server(self) -> None:
        """Start the API server again after `kill_api_server` and wait until it is ready."""
        self._start_api_server()
        self._wait_for_api_server()

    def check(self) -> str | None:
        """Return the name of a part that has ended by itself, or None while all run."""
        return next((name for name, process in self._processes.items() if process.poll() is not None), None)

    @property
    def has_scheduler(self) -> bool:
        """Whether a real scheduler runs here."""
        return self.binaries.scheduler is not None

    @property
    def version(self) -> str:
        """The version of the API server, such as 1.34.0."""
        return ".".join(str(number) for number in self.binaries.version)

    def _admin_token(self) -> str:
        tokens = self.data_dir / "tokens.csv"
        if not tokens.exists():
            write_private(tokens, f'{secrets.token_urlsafe(32)},admin,admin,"system:masters"\n'.encode())
        return tokens.read_text().split(",", 1)[0]

    def _spawn(self, name: str, command: list[str]) -> None:
        self._progress(f"starting {name}")
        self._processes[name] = spawn(command, self._log(name))

    def _log(self, name: str) -> Path:
        return self.data_dir / "log" / f"{name}.log"

    def _start_etcd(self) -> None:
        client, peer = free_ports(2)
        self._etcd_url = f"http://127.0.0.1:{client}"
        self._spawn("etcd", etcd_command(self.binaries, self.data_dir / "etcd", self._etcd_url, f"http://127.0.0.1:{peer}"))

    def _start_api_server(self) -> None:
        tokens, audit = self.data_dir / "tokens.csv", self._custom_objects.audit_files() if self._custom_objects else None
        command = api_server_command(self.binaries, self.certificates, etcd_url=self._etcd_url, port=self.port, tokens=tokens, audit=audit)
        self._spawn("kube-apiserver", command)

    def _wait_for_api_server(self) -> None:
        process = self._processes["kube-apiserver"]
        ready = wait_until_ready(
            self.server, self.certificates.ca, self.token, alive=lambda: process.poll() is None, progress=self._progress
        )
        if not ready:
            raise RuntimeError(f"the API server did not become ready:\n{tail(self._log('kube-apiserver'))}\n{tail(self._log('etcd'))}")

    def _start_custom_objects(self) -> None:
        if self._custom_objects:
            self._progress("starting custom-objects, as this build of the API server cannot keep them")
            self._processes["custom-objects"] = self._custom_objects.start(self.kubeconfig_path)

    def _start_managers(self) -> None:
        ports = free_ports(2)
        if self.binaries.controller_manager:
            command = controller_manager_command(self.binaries, self.certificates, kubeconfig=self.kubeconfig_path, port=ports[0])
            self._spawn("kube-controller-manager", command)
        if self.binaries.scheduler:
            self._spawn(
                "kube-scheduler", scheduler_command(self.binaries, self.certificates, kubeconfig=self.kubeconfig_path, port=ports[1])
            )
