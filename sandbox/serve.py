"""`python -m sandbox serve`: the embedded API server in one process, over TLS on loopback."""

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import uvicorn

from sandbox.access.rbac import Rbac
from sandbox.access.tokens import Tokens, static_tokens
from sandbox.api.app import App
from sandbox.api.cluster import Cluster
from sandbox.api.outgoing import Connections
from sandbox.background.aggregation import AggregatedRoles
from sandbox.background.api_services import ApiServices
from sandbox.background.authentication import publish_authentication
from sandbox.background.bootstrap import bootstrap
from sandbox.background.definitions import Definitions
from sandbox.background.namespaces import Namespaces
from sandbox.background.quotas import QuotaStatus
from sandbox.certs import ensure_certificates
from sandbox.kinds.served import Served
from sandbox.kubeconfig import write_kubeconfig
from sandbox.processes import kept_port
from sandbox.storage.journal import Journal
from sandbox.storage.store import Store

NAME = "sandbox"


class _Server(uvicorn.Server):
    """Ends the open watches as soon as it is told to stop."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        super().__init__(config)
        self._app = app

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Without raising the signal once more at the end: a stop that was asked for is no failure."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        yield

    def _stop(self) -> None:
        self.should_exit = True
        self._app.stopping.set()


def serve(data: Path, port: int, kubeconfig: Path, token_file: Path | None = None) -> None:
    """Serve until SIGTERM or SIGINT; `port` 0 takes the one of before, or a free one. Raises RuntimeError if the folder is in use."""
    data.mkdir(parents=True, exist_ok=True)
    lock = _lock(data)
    try:
        asyncio.run(_serve(data, port, kubeconfig, token_file))
    finally:
        lock.close()


async def _serve(data: Path, port: int, kubeconfig: Path, token_file: Path | None) -> None:
    certificates = ensure_certificates(data / "certs")
    store = Store(Journal(data / "journal.jsonl"), Served())
    admin, users = static_tokens(data, token_file)
    listener = _listen(kept_port(data, port))
    bootstrap(store, listener.getsockname()[1])
    publish_authentication(store, certificates)
    store.compact()
    tokens = Tokens(store, certificates.service_account_key, users)
    cluster = Cluster(store, tokens, Rbac(store), certificates.ca.read_text(), Connections(certificates))
    loop = asyncio.get_running_loop()
    QuotaStatus(store, loop)
    Definitions(cluster, loop)
    Namespaces(cluster, loop)
    AggregatedRoles(store, loop)
    checks = loop.create_task(ApiServices(cluster).run())
    app = App(cluster)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        ssl_certfile=str(certificates.certificate),
        ssl_keyfile=str(certificates.key),
        timeout_graceful_shutdown=2,
        timeout_keep_alive=120,
        server_header=False,
        date_header=False,
    )
    address = f"https://127.0.0.1:{listener.getsockname()[1]}"
    write_kubeconfig(kubeconfig, server=address, ca=certificates.ca, token=admin, name=NAME)
    try:
        await _Server(config, app).serve(sockets=[listener])
    finally:
        checks.cancel()
        await cluster.outside.close()
        store.close()


def _listen(port: int) -> socket.socket:
    # Named as TCP, or the event loop leaves Nagle on: 40 ms for every answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise RuntimeError(f"port {port} is taken: choose another with --port, or 0 for a free one") from error
    return listener


def _lock(data: Path) -> IO[str]:
    file = (data / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise RuntimeError(f"another sandbox serves {data}: stop it, or choose another folder with --data") from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
