"""`python -m sandbox simulate`: puts the parts together and runs them until told to stop."""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from sandbox.kubeconfig import read_kubeconfig
from sandbox.simulate.client import ApiError, Client, Object
from sandbox.simulate.events import Events
from sandbox.simulate.informer import UNREACHABLE, Informer
from sandbox.simulate.kubelet import Kubelet
from sandbox.simulate.nodes import Nodes
from sandbox.simulate.pools import Pool, load_pools
from sandbox.simulate.scheduler import Scheduler

log = logging.getLogger("sandbox.simulate")


def simulate(kubeconfig: Path, pools: Path | None, *, scheduler: str = "auto") -> None:
    """Run until SIGTERM or SIGINT; raises ValueError for a kubeconfig or pools that cannot be used."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    asyncio.run(_run(kubeconfig, load_pools(pools), scheduler))


async def _run(kubeconfig: Path, pools: list[Pool], mode: str) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with Client(read_kubeconfig(kubeconfig)) as client, asyncio.TaskGroup() as group:
        active = {"on": True, "off": False}.get(mode)
        if active is None:
            active = await _decide(client, stopping)
        tasks = [group.create_task(part) for part in _parts(client, pools, active)]
        await stopping.wait()
        for task in tasks:
            task.cancel()


def _parts(client: Client, pools: list[Pool], active: bool | None) -> list[Coroutine[Any, Any, None]]:
    nodes, events = Nodes(client, pools), Events(client)
    kubelet = Kubelet(client, events, lambda name: name in nodes.pools)

    def pod_changed(event: str, pod: Object) -> None:
        kubelet.observe(event, pod)
        scheduler.wake()

    pods = Informer(client, "/api/v1/pods", pod_changed)
    node_copies = Informer(client, "/api/v1/nodes", lambda event, node: scheduler.wake())
    scheduler = Scheduler(client, pods, node_copies, events, active=active)
    log.info("simulating %s nodes", len(nodes.pools))
    return [part.run() for part in (nodes, events, pods, node_copies, scheduler)]


async def _decide(client: Client, stopping: asyncio.Event) -> bool | None:
    """The embedded server has no scheduler; of any other one it shows by and by."""
    while not stopping.is_set():
        try:
            version = await client.call("GET", "/version")
            return True if "sandbox" in version.get("gitVersion", "") else None
        except (ApiError, *UNREACHABLE) as error:
            log.info("the API server does not answer: %s; trying again", error)
            await asyncio.sleep(1)
    return None
