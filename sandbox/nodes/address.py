"""The address under which others reach this machine, and with it every simulated node."""

import socket
from functools import lru_cache

LOOPBACK = "127.0.0.1"
# Nothing is sent there: the kernel is only asked which of its addresses it would send from.
ELSEWHERE = ("198.51.100.1", 9)


@lru_cache(maxsize=1)
def machine_address() -> str:
    """This machine's IPv4 address that is not loopback; loopback if it has no other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
        except OSError:
            return _named()
        found: str = probe.getsockname()[0]
        return found


def _named() -> str:
    """A machine without a route may still have a name with an address."""
    try:
        addresses = socket.gethostbyname_ex(socket.gethostname())[2]
    except OSError:
        return LOOPBACK
    return next((each for each in addresses if not each.startswith("127.")), LOOPBACK)
