"""The Celery worker's way back to a broker that was away: within a second of its return, and after any length of time."""

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
