"""The portal as it is shipped, started by `manage.py up` against a cluster of the benchmark's own, and its API."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
import urllib3

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 90


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Product:
    """A running portal. DATABASE_URL names a PostgreSQL server, in which a database of this run's own is made; without it, SQLite."""

    def __init__(self, home: Path, admin_kubeconfig: Path) -> None:
        self.home, self.port = home, free_port()
        self.database = f"slipway_bench_{os.getpid()}"
        self.env = {**os.environ, "PORTAL_HOME": str(home), "PORTAL_PORT": str(self.port), "PORTAL_KUBECONFIG": str(admin_kubeconfig)}
        self.server = os.environ.get("DATABASE_URL", "")
        if self.server:
            self.env["DATABASE_URL"] = f"{self.server.rpartition('/')[0]}/{self.database}"
        self.pool = urllib3.PoolManager(maxsize=32, retries=False, timeout=30.0)

    def __enter__(self) -> Self:
        if self.server:
            self._admin_sql(f'CREATE DATABASE "{self.database}"')
        self.log = (self.home.parent / "up.log").open("w")
        command = [sys.executable, "manage.py", "up"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=self.log, stderr=subprocess.STDOUT)  # noqa: S603
        self._wait_until_ready()
        self.credentials = json.loads((self.home / "credentials.json").read_text())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        self.log.close()
        if self.server:
            self._admin_sql(f'DROP DATABASE "{self.database}" WITH (FORCE)')

    def _admin_sql(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                if self.pool.request("GET", f"{self.url}/readyz", timeout=5.0).status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(0.3)
        raise SystemExit(f"the portal did not become ready: see {self.log.name}")

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def call(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """One call of the API with the token of a demo account; SystemExit with the answer when it is refused."""
        headers = {"Authorization": f"Bearer {self.credentials[who]['token']}", "Content-Type": "application/json"}
        answer = self.pool.request(
            method, f"{self.url}/api/v1/{path}", body=json.dumps(body) if body is not None else None, headers=headers
        )
        if answer.status >= 300:
            raise SystemExit(f"{method} {path} was answered with {answer.status}: {answer.data.decode()[:500]}")
        return json.loads(answer.data or b"null")

    def ask(self, name: str) -> int:
        """Opens a small request for a namespace as alice; its number."""
        cluster = self.call("admin", "GET", "clusters/")["results"][0]["name"]
        body = {"team": "vision", "cluster": cluster, "name": name, "cpu": "1", "memory": "1Gi", "justification": "A figure."}
        return int(self.call("alice", "POST", "namespace-requests/", body)["id"])

    def ask_many(self, names: list[str], timeout: float = 300.0) -> list[int]:
        """Opens a request for each name and waits until every one has its plan."""
        with ThreadPoolExecutor(4) as threads:
            numbers = list(threads.map(self.ask, names))
        end = time.monotonic() + timeout
        for number in numbers:
            while self.call("alice", "GET", f"requests/{number}/plan/")["state"] != "ready":
                if time.monotonic() > end:
                    raise SystemExit(f"request {number} has no plan after {timeout} s")
                time.sleep(0.2)
        return numbers

    def approve(self, number: int) -> int:
        """Approves a request as approver; the namespace's number."""
        return int(self.call("approver", "POST", f"requests/{number}/approve/", {"version": 1, "reason": "A figure."})["result_id"])
