"""The Celery worker's way back to a broker that was away: within a second of its return, after any length of time, its work unharmed.

Kombu's Redis channel gives back what was not acknowledged while it closes, and takes a late acknowledgement, over a connection that
has forgotten its address by then: an AttributeError that would end the worker and every attempt in it (celery 5.7, kombu 5.7).
Neither need succeed: a hint that is lost costs one interval of the sweep, and one that comes twice finds nothing due.
"""

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

from celery.worker.consumer import Consumer


class PatientConsumer(Consumer):
    """Celery itself waits longer after each try, up to half a minute, and gives up after a hundred."""

    def connection_for_read(self, heartbeat: float | None = None) -> Any:
        """A connection whose tries are a second apart at most."""
        connection: Any = self.app.connection_for_read(heartbeat=heartbeat)
        connection.ensure_connection = partial(connection.ensure_connection, interval_start=1, interval_step=0, interval_max=1)
        return self.ensure_connected(connection)

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Drops the lost connection, whatever was in flight on it."""
        with contextlib.suppress(AttributeError):
            super().on_connection_error_after_connected(exc)

    def call_soon_ack(self, p: Callable[..., object], *args: Any, **kwargs: Any) -> Any:
        """Acknowledges a message soon, unless its connection is gone."""
        return super().call_soon_ack(partial(_unless_gone, p), *args, **kwargs)  # type: ignore[misc]


def _unless_gone(acknowledge: Callable[..., object], *args: Any, **kwargs: Any) -> None:
    with contextlib.suppress(AttributeError):
        acknowledge(*args, **kwargs)
