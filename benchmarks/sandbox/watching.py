"""How long after its PATCH a change reaches a watch: one watch, and a hundred at fifty changes a second."""

import asyncio
import json
import ssl
import statistics
import time
from pathlib import Path

import aiohttp

from benchmarks.figures import Figure
from sandbox.kubeconfig import read_kubeconfig

MAPS = "/api/v1/namespaces/default/configmaps"
MERGE = {"Content-Type": "application/merge-patch+json"}
PATIENCE = 30.0


def run(kubeconfig: Path, *, changes: int, watchers: int, rate: float) -> list[Figure]:
    """The two figures."""
    return asyncio.run(_run(kubeconfig, changes, watchers, rate))


async def _run(kubeconfig: Path, changes: int, watchers: int, rate: float) -> list[Figure]:
    access = read_kubeconfig(kubeconfig)
    context = ssl.create_default_context(cadata=(access.ca_pem or b"").decode())
    headers = {"Authorization": f"Bearer {access.token}"}
    async with aiohttp.ClientSession(
        access.server, connector=aiohttp.TCPConnector(ssl=context, limit=0), headers=headers, timeout=aiohttp.ClientTimeout(None)
    ) as session:
        one = await _lags(session, "one", changes, 1, 0.0)
        many = await _lags(session, "many", changes, watchers, rate)
    return [
        _figure("PATCH to watch event", f"{changes} changes one after another, one watch", one, "50 ms"),
        _figure(f"{watchers} watches at {rate:.0f} changes a second", f"{changes} changes; every watch got every event", many, ""),
    ]


async def _lags(session: aiohttp.ClientSession, name: str, changes: int, watchers: int, rate: float) -> list[float]:
    """Seconds from the sending of each PATCH to each event; SystemExit when an event is missing."""
    async with session.post(MAPS, json={"metadata": {"name": name}, "data": {"n": "start"}}) as answer:
        version = (await answer.json())["metadata"]["resourceVersion"]
    sent: dict[str, float] = {}
    lags: list[float] = []
    watches = [asyncio.create_task(_watch(session, name, version, changes, sent, lags)) for _ in range(watchers)]
    await asyncio.sleep(0.5 if watchers > 1 else 0.1)  # until all of them are open: the load is what is measured, not its beginning
    started = time.perf_counter()
    for number in range(changes):
        if rate and (wait := started + number / rate - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        sent[str(number)] = time.perf_counter()
        async with session.patch(f"{MAPS}/{name}", json={"data": {"n": str(number)}}, headers=MERGE) as answer:
            await answer.read()
    try:
        await asyncio.wait_for(asyncio.gather(*watches), PATIENCE)
    except TimeoutError:
        raise SystemExit(f"only {len(lags)} of {changes * watchers} events came") from None
    return lags


async def _watch(session: aiohttp.ClientSession, name: str, version: str, changes: int, sent: dict[str, float], lags: list[float]) -> None:
    query = {"watch": "true", "resourceVersion": version, "fieldSelector": f"metadata.name={name}"}
    seen = 0
    async with session.get(MAPS, params=query) as response:
        async for line in response.content:
            lags.append(time.perf_counter() - sent[json.loads(line)["object"]["data"]["n"]])
            seen += 1
            if seen == changes:
                return


def _figure(name: str, load: str, lags: list[float], bound: str) -> Figure:
    milliseconds = [lag * 1000 for lag in lags]
    cuts = statistics.quantiles(milliseconds, n=100)
    note = f"p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms{f' (bound: {bound})' if bound else ''}, slowest {max(milliseconds):.1f} ms."
    # The note speaks of all of them; fifty thousand would bury the rest of bench.json.
    thinned = milliseconds[:: max(1, len(milliseconds) // 1000)]
    return Figure(f"embedded server: {name}", "ms", load, {"embedded": thinned}, "embedded", {}, [note])
