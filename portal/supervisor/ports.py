"""Loopback ports: the one that the user chose must be free."""

import os
import socket

from portal.supervisor.failure import CannotStart

HOST = "127.0.0.1"
DEFAULT_PORT = 8000


def portal_port() -> int:
    """PORTAL_PORT as a number that a server can listen on."""
    text = os.environ.get("PORTAL_PORT") or str(DEFAULT_PORT)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotStart(f"PORTAL_PORT={text!r} is not a port: use a number from 1 to 65535, such as 8000.")
    return int(text)


def require_free(port: int) -> None:
    """CannotStart when something listens on the port or this user may not."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise CannotStart(f"port {port} is reserved for root: set PORTAL_PORT to a number above 1023.") from None
        except OSError:
            raise CannotStart(
                f"port {port} is taken by another program: end it, or choose another one: PORTAL_PORT={port + 1} make run"
            ) from None
