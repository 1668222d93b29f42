"""`python -m sandbox custom-objects`: the embedded server behind, the front for the real one, and what keeps them alike."""

import asyncio
import logging
import signal
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import aiohttp

from sandbox.client.calls import ApiError, Client
from sandbox.client.informer import UNREACHABLE
from sandbox.custom_objects.front import Front
from sandbox.custom_objects.guard import Guard
from sandbox.custom_objects.mirror import Mirror
from sandbox.custom_objects.registration import SERVICE_HOST, Registration
from sandbox.custom_objects.routes import Routes
from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import Access, read_kubeconfig
from sandbox.node_api.callers import read_trust, server_context
from sandbox.node_api.serving import bind, port_of, serve
from sandbox.nodes.address import machine_address
from sandbox.signing import Authority

log = logging.getLogger(__name__)
RETRY = 0.2
Result = TypeVar("Result")


def serve_custom_objects(data: Path, kubeconfig: Path, ready: Path, port: int) -> None:
    """Run until SIGTERM or SIGINT. The file `ready` appears when every definition of the cluster is served here; `port` of
    loopback is where the API server tells of requests (guard.py). Raises RuntimeError.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    ready.unlink(missing_ok=True)
    with EmbeddedCluster(data) as embedded:
        asyncio.run(_run(read_kubeconfig(kubeconfig), read_kubeconfig(embedded.kubeconfig_path), ready, port))


async def _run(real: Access, embedded: Access, ready: Path, port: int) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with (
        Client(real) as real_client,
        Client(embedded) as embedded_client,
        _session(embedded) as session,
        asyncio.TaskGroup() as group,
    ):
        parts = group.create_task(_parts(real_client, embedded_client, Front(embedded, session), ready, port))
        await stopping.wait()
        parts.cancel()


async def _parts(real: Client, embedded: Client, front: Front, ready: Path, port: int) -> None:
    listener, authority = bind(), Authority("sandbox-custom-objects-ca")
    registration = Registration(real, machine_address(), port_of(listener), authority.certificate)
    routes = Routes(real, registration)
    mirror = Mirror(real, embedded, routes)
    trust = await _until_it_answers(lambda: read_trust(real, None))
    own = authority.serving("sandbox-custom-objects", [SERVICE_HOST], [machine_address()])
    app = front.application(mirror, routes, trust.front_proxy_names)
    async with asyncio.TaskGroup() as group:
        group.create_task(serve(app, listener, server_context(own, trust.front_proxy_ca)))
        group.create_task(Guard(mirror, routes).run(port))
        await _until_it_answers(registration.register)
        await _until_it_answers(routes.remember)
        group.create_task(mirror.run())
        await mirror.settled.wait()
        log.info("custom objects are served")
        ready.touch()


async def _until_it_answers(ask: Callable[[], Awaitable[Result]]) -> Result:
    while True:
        try:
            return await ask()
        except (ApiError, *UNREACHABLE) as error:
            log.info("%s; trying again", error or type(error).__name__)
            await asyncio.sleep(RETRY)


def _session(embedded: Access) -> aiohttp.ClientSession:
    """Answers pass through as they are, and watches last."""
    return aiohttp.ClientSession(
        auto_decompress=False,
        connector=aiohttp.TCPConnector(ssl=ssl.create_default_context(cadata=(embedded.ca_pem or b"").decode()), limit=0),
        timeout=aiohttp.ClientTimeout(total=None, connect=5),
        skip_auto_headers=("User-Agent", "Content-Type"),
    )
