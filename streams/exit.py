"""Endless responses hold up a server that waits for them to end; this tells them when the process is asked to stop."""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType


def on_exit(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    """Call `callback` on `loop` at SIGTERM or SIGINT, before the handler that is already there; only possible in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        previous = signal.getsignal(number)
        if callable(previous):
            signal.signal(number, _before(previous, loop, callback))


def _before(
    previous: Callable[[int, FrameType | None], object], loop: asyncio.AbstractEventLoop, callback: Callable[[], None]
) -> Callable[[int, FrameType | None], None]:
    def handler(number: int, frame: FrameType | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(callback)
        previous(number, frame)

    return handler
