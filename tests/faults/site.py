"""The portal's processes as they run in production: an own Redis, Celery workers and the sweep, on the test's database."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import redis

from portal.supervisor.redis import executable
from reconcile.models import Heartbeat
from sandbox.processes import spawn, stop, tail
from tests.faults.environment import ROOT, environment

QUIET = ("--without-gossip", "--without-mingle", "--loglevel", "INFO")


class Site:
    """`with Site() as site:` starts Redis alone; `worker()` and `beat()` start the rest. Everything ends with the block."""

    def __init__(self, **settings: str) -> None:
        # A unix socket's path must be short, so it lies beside pytest's folders and not in them.
        self.folder = Path(tempfile.mkdtemp(prefix="slw-"))
        self.socket = self.folder / "redis.sock"
        self.env = environment(f"unix://{self.socket}", **{"SLIPWAY_SWEEP_SECONDS": "0.5", **settings})
        self.children: list[subprocess.Popen[bytes]] = []
        self.redis_process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Site":
        self.start_redis()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None:
            for log in sorted(self.folder.glob("*.log")):
                print(f"--- {log.name}\n{tail(log, 60)}", file=sys.stderr)
        for child in reversed(self.children):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        stop(self.redis_process, 1)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def redis(self) -> redis.Redis:
        """A connection to its Redis."""
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=1)

    def start_redis(self) -> None:
        """An empty one, on the same socket as before."""
        command = [
            executable(),
            "--port",
            "0",
            "--unixsocket",
            str(self.socket),
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(self.folder),
        ]
        self.redis_process = spawn(command, self.folder / "redis.log")
        deadline = time.monotonic() + 10
        while True:
            with contextlib.suppress(redis.RedisError):
                if self.redis.ping():
                    return
            assert time.monotonic() < deadline, tail(self.folder / "redis.log")
            time.sleep(0.02)

    def kill_redis(self) -> None:
        """The hard way; what was in it is lost."""
        assert self.redis_process
        self.redis_process.kill()
        self.redis_process.wait()

    def worker(self, concurrency: int = 2, name: str = "worker") -> subprocess.Popen[bytes]:
        """A Celery worker with its pool, in a group of its own; returns when it consumes."""
        command = [sys.executable, "-m", "celery", "-A", "portal", "worker", "-c", str(concurrency), "-n", f"{name}@%h", *QUIET]
        child = self._start(command, name)
        self._wait_for(name, "ready.")
        return child

    def beat(self) -> subprocess.Popen[bytes]:
        """The sweep; returns when it beats."""
        child = self._start([sys.executable, "manage.py", "beat"], "beat")
        deadline = time.monotonic() + 20
        while not Heartbeat.objects.filter(role="beat").exists():
            assert time.monotonic() < deadline, self.log("beat")
            time.sleep(0.05)
        return child

    def watcher(self) -> subprocess.Popen[bytes]:
        """The watcher of every cluster."""
        return self._start([sys.executable, "manage.py", "watch"], "watcher")

    def log(self, name: str) -> str:
        """The end of a process's log."""
        return tail(self.folder / f"{name}.log", 40)

    def whole_log(self, name: str) -> str:
        """Everything that a process has said."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def _start(self, command: list[str], name: str) -> subprocess.Popen[bytes]:
        with _inside(ROOT):
            child = spawn(command, self.folder / f"{name}.log", env=self.env)
        self.children.append(child)
        return child

    def _wait_for(self, name: str, word: str) -> None:
        deadline = time.monotonic() + 30
        while word not in self.log(name):
            assert time.monotonic() < deadline, self.log(name)
            time.sleep(0.05)


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
