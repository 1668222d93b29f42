"""A Redis that is none: whoever connects to it is killed. So a process dies at the very moment at which it would publish."""

import contextlib
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path


@contextlib.contextmanager
def trap(kill: Callable[[], object]) -> Iterator[str]:
    """The URL of the trap; `kill` is called at the first connection."""
    with tempfile.TemporaryDirectory(prefix="slw-") as folder, socket.socket(socket.AF_UNIX) as listener:
        path = Path(folder) / "redis.sock"
        listener.bind(str(path))
        listener.listen()

        def wait() -> None:
            with contextlib.suppress(OSError):
                connection, _address = listener.accept()
                kill()
                connection.close()

        threading.Thread(target=wait, daemon=True).start()
        yield f"unix://{path}"
