"""Waits until an API server answers /readyz."""

import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

INTERVAL = 0.05
REPORT_EVERY = 2.0


def wait_until_ready(
    server: str, ca: Path, token: str, *, alive: Callable[[], bool], progress: Callable[[str], None], seconds: float = 60.0
) -> bool:
    """Poll (with an empty `token` anonymously) until ready (True), or until the server has ended or `seconds` have passed (False)."""
    context = ssl.create_default_context(cafile=str(ca))
    start = reported = time.monotonic()
    while alive() and time.monotonic() - start < seconds:
        if is_ready(server, context, token):
            progress(f"the API server is ready after {time.monotonic() - start:.1f} s")
            return True
        if time.monotonic() - reported > REPORT_EVERY:
            reported = time.monotonic()
            progress(f"waiting for the API server ({reported - start:.0f} s)")
        time.sleep(INTERVAL)
    return False


def is_ready(server: str, context: ssl.SSLContext, token: str) -> bool:
    """Ask once."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"{server}/readyz", headers=headers)  # noqa: S310  our own server
    try:
        with urllib.request.urlopen(request, timeout=2, context=context) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, http.client.HTTPException):
        return False
