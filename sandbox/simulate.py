"""`python -m sandbox simulate`: puts the parts together and runs them until told to stop."""

import asyncio
import logging
import signal
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.events import Events
from sandbox.client.informer import UNREACHABLE, Informer, Informers
from sandbox.controllers.run import Controllers
from sandbox.kubeconfig import Access, read_kubeconfig
from sandbox.local.images import load_images
from sandbox.local.place import hold, process_folder
from sandbox.local.runtime import MOST_PROCESSES, LocalRuntime
from sandbox.node_api.run import NodeApi
from sandbox.nodes.desk import Desk
from sandbox.nodes.heartbeats import Nodes
from sandbox.nodes.kubelet import Kubelet
from sandbox.nodes.pools import Pool, load_pools
from sandbox.nodes.presence import Presence
from sandbox.nodes.runtime import Runtime
from sandbox.nodes.scenario_file import follow_scenarios, read_scenarios
from sandbox.nodes.scenarios import Scenarios
from sandbox.nodes.simulated import SimulatedRuntime
from sandbox.scheduler.loop import Scheduler
from sandbox.serving.ingress import gateway_image
from sandbox.serving.run import Serving

log = logging.getLogger(__name__)
MODES = {"on": True, "off": False, "auto": None}


@dataclass(frozen=True)
class Plan:
    """What to play: nodes of these pools; the scheduler, the controllers and KServe always, never, or (`auto`) where nobody else does."""

    pools: list[Pool]
    scheduler: str = "auto"
    controllers: str = "auto"
    serving: str = "auto"
    scenarios: Path | None = None
    # Images that run as processes, by what command; how many of them at most, and where they write.
    images: Mapping[str, Sequence[str]] = field(default_factory=dict)
    processes: int = MOST_PROCESSES
    folder: Path = Path()
    claims: Path | None = None
    rules: Sequence[Any] = ()
    # The address of the MLflow server from which models are fetched.
    mlflow: str = ""
    # Whether a process with the models' libraries loaded is kept, from which model servers are forked.
    warm: bool = True


def simulate(
    kubeconfig: Path,
    pools: Path | None,
    *,
    scheduler: str = "auto",
    controllers: str = "auto",
    serving: str = "auto",
    scenarios: Path | None = None,
    images: Path | None = None,
    processes: int = MOST_PROCESSES,
    claims: Path | None = None,
    mlflow: str = "",
    warm: bool = True,
) -> None:
    """Run until SIGTERM or SIGINT; raises ValueError for a kubeconfig, pools, scenarios or images that cannot
    be used, RuntimeError if another simulator runs with the same kubeconfig.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    known, folder = load_images(images), process_folder(kubeconfig)
    rules = read_scenarios(scenarios) if scenarios else ()
    known |= gateway_image(folder)
    plan = Plan(load_pools(pools), scheduler, controllers, serving, scenarios, known, processes, folder, claims, rules, mlflow, warm)
    with hold(folder):
        asyncio.run(_run(kubeconfig, plan))


async def _run(kubeconfig: Path, plan: Plan) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    access = read_kubeconfig(kubeconfig)
    async with Client(access) as client, asyncio.TaskGroup() as group:
        embedded = await _is_embedded(client, stopping)
        tasks = [group.create_task(part) for part in _parts(client, access, plan, embedded=embedded)]
        await stopping.wait()
        for task in tasks:
            task.cancel()


def _parts(client: Client, access: Access, plan: Plan, *, embedded: bool) -> list[Coroutine[Any, Any, None]]:
    scenarios = Scenarios(*plan.rules)
    informers, presence, events = Informers(client), Presence(scenarios), Events(client)
    warm = plan.warm and plan.serving != "off"
    local = LocalRuntime(plan.images, plan.folder, most=plan.processes, claims=plan.claims, warm=warm)
    runtimes: list[Runtime] = [local, SimulatedRuntime(scenarios)]
    pods, node_copies = informers.of("/api/v1/pods"), informers.of("/api/v1/nodes")
    node_api = NodeApi(client, access.ca_pem, informers, lambda name: name in nodes.pools and not presence.is_away(name), runtimes)
    nodes = Nodes(client, plan.pools, presence, kubelet_port=node_api.port)
    kubelet = Kubelet(Desk(client, events, runtimes, scenarios, presence), lambda name: name in nodes.pools)
    scheduler = Scheduler(client, informers, events, active=_active(plan.scheduler, embedded=embedded))
    controllers = Controllers(client, informers, events, active=_active(plan.controllers, embedded=embedded), embedded=embedded)
    serving = Serving(client, informers, events, active=MODES[plan.serving], folder=plan.folder, mlflow=plan.mlflow)
    pods.listen(kubelet.observe)
    node_copies.listen(presence.observe)
    log.info("simulating %s nodes", len(nodes.pools))
    parts = [part.run() for part in (nodes, events, informers, scheduler, controllers, serving, node_api, local)]
    parts.append(_keep_folders(local, pods))
    if plan.scenarios:
        parts.append(follow_scenarios(plan.scenarios, scenarios))
    return parts


async def _keep_folders(local: LocalRuntime, pods: Informer) -> None:
    await pods.synced.wait()
    local.keep(set(pods.objects))


def _active(mode: str, *, embedded: bool) -> bool | None:
    """The embedded server has neither scheduler nor controllers; of any other one it shows by and by (None)."""
    return True if mode == "auto" and embedded else MODES[mode]


async def _is_embedded(client: Client, stopping: asyncio.Event) -> bool:
    while not stopping.is_set():
        try:
            version: Object = await client.call("GET", "/version")
            return "sandbox" in version.get("gitVersion", "")
        except (ApiError, *UNREACHABLE) as error:
            log.info("the API server does not answer: %s; trying again", error)
            await asyncio.sleep(1)
    return False
