"""`python -m sandbox.serving.gateway --routes SOCKET`: the ingress on HOST:PORT, fed by the simulator, until SIGTERM."""

import argparse
import asyncio
import os
import signal
import sys
from contextlib import suppress

import orjson
import uvloop
from aiohttp import web

from sandbox.serving.gateway.loads import Loads
from sandbox.serving.gateway.proxy import Proxy
from sandbox.serving.gateway.table import Table

RETRY = 0.2
REPORT_SECONDS = 1.0
# Tables of some thousand services fit.
LONGEST_LINE = 64 * 1024 * 1024


def main(arguments: list[str]) -> int:
    """Serve."""
    parser = argparse.ArgumentParser(prog="kserve-gateway")
    parser.add_argument("--routes", required=True, help="the unix socket on which the simulator tells of routes")
    options = parser.parse_args(arguments)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(options.routes, os.environ["HOST"], int(os.environ["PORT"])))
    return 0


async def _serve(socket: str, host: str, port: int) -> None:
    table, loads, stopping = Table(), Loads(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    runner = web.AppRunner(Proxy(table, loads).application(), access_log=None, shutdown_timeout=2.0, keepalive_timeout=75)
    await runner.setup()
    following = asyncio.create_task(_follow(socket, table, loads))
    await web.TCPSite(runner, host, port, backlog=512).start()
    print(f"listening on {host}:{port}", flush=True)
    await stopping.wait()
    following.cancel()
    await runner.cleanup()


async def _follow(socket: str, table: Table, loads: Loads) -> None:
    """Take each table that the simulator tells, and tell it of the loads; keep the last table while it does not answer."""
    while True:
        try:
            lines, simulator = await asyncio.open_unix_connection(socket, limit=LONGEST_LINE)
            reporting = asyncio.create_task(_report(simulator, loads))
            try:
                async for line in lines:
                    routes = orjson.loads(line)
                    table.replace(routes)
                    print(f"{len(routes)} routes", flush=True)
            finally:
                reporting.cancel()
                simulator.close()
        except (OSError, ValueError) as error:
            print(f"no routes from the simulator: {error}", flush=True)
        await asyncio.sleep(RETRY)


async def _report(simulator: asyncio.StreamWriter, loads: Loads) -> None:
    """A line each second, and at once when a request waits for a pod."""
    with suppress(OSError):
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(loads.urgent.wait(), REPORT_SECONDS)
            loads.urgent.clear()
            simulator.write(orjson.dumps(loads.report()) + b"\n")
            await simulator.drain()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
