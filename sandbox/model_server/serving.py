"""Runs the application until SIGTERM, which it drains: not ready at once, closed when nobody comes any more."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
import uvloop

from sandbox.model_server.app import App
from sandbox.model_server.model import Model

# For so long after SIGTERM requests may still come that were on their way.
DRAIN_SECONDS = 0.5
KEEP_ALIVE_SECONDS = 75


class _Server(uvicorn.Server):
    """Leaves signals to us, and tells when it listens."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Not here."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen."""
        await super().startup(sockets)
        print(f"listening on {self.config.host}:{self.config.port}", flush=True)


def serve(model: Model, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; raises SystemExit when the port is taken."""
    app = App(model)
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, lifespan="off", timeout_keep_alive=KEEP_ALIVE_SECONDS
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(app, _Server(config)))


async def _run(app: App, server: uvicorn.Server) -> None:
    loop = asyncio.get_running_loop()

    def end() -> None:
        app.is_ready = False
        print("draining", flush=True)
        loop.call_later(DRAIN_SECONDS, setattr, server, "should_exit", True)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    await server.serve()
