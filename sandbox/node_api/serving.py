"""Listeners, served until cancelled: HTTPS on the machine's address, whose port is known at once; HTTP on loopback."""

import asyncio
import socket
import ssl

from aiohttp import web

from sandbox.nodes.address import machine_address


def bind() -> socket.socket:
    """A listener on a free port of the machine's address."""
    # Named as TCP, or the event loop leaves Nagle on: 40 ms for every answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind((machine_address(), 0))
    return listener


def port_of(listener: socket.socket) -> int:
    """The port it was bound to."""
    port: int = listener.getsockname()[1]
    return port


async def serve(app: web.Application, listener: socket.socket, context: ssl.SSLContext) -> None:
    """Serve until cancelled; open streams are ended then."""
    runner = _runner(app)
    await runner.setup()
    try:
        await web.SockSite(runner, listener, ssl_context=context).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


async def serve_loopback(app: web.Application, port: int) -> None:
    """Serve this machine alone, in plain HTTP, until cancelled."""
    runner = _runner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def _runner(app: web.Application) -> web.AppRunner:
    return web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
