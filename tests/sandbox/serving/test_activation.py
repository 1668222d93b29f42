"""The ingress holds a request for a revision without pods, and counts what each revision is asked."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sandbox.serving.gateway.loads import Loads
from sandbox.serving.gateway.proxy import Proxy
from sandbox.serving.gateway.table import Table

Scene = Callable[[str, Table, Loads, str], Awaitable[None]]
PATH = "/serving/team/iris/v2"


def _told(address: str = "", *, patience: float = 5.0, simulated: bool = False) -> list[dict[str, Any]]:
    endpoints = [{"pod": "a", "address": address}] if address else []
    backend = {"service": "iris-predictor-00001", "weight": 100, "patience": patience, "simulated": simulated, "endpoints": endpoints}
    return [{"namespace": "team", "name": "iris", "backends": [backend]}]


def _play(scene: Scene) -> None:
    """With the address of an ingress, its table and its loads, and the address of a pod's process."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.method} {await request.text()}")

    async def run() -> None:
        table, loads, model = Table(), Loads(), web.Application()
        model.router.add_route("*", "/{path:.*}", answer)
        runners = [web.AppRunner(each, shutdown_timeout=0.1) for each in (Proxy(table, loads).application(), model)]
        places = []
        for runner in runners:
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            places.append("{}:{}".format(*runner.addresses[0]))
        try:
            await scene(f"http://{places[0]}{PATH}", table, loads, places[1])
        finally:
            for runner in runners:
                await runner.cleanup()

    asyncio.run(run())


async def _ask(url: str, body: bytes = b"rows") -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, data=body) as answer:
        return answer.status, await answer.text()


def test_a_request_waits_for_a_pod_and_is_told_of_at_once() -> None:
    async def scene(url: str, table: Table, loads: Loads, pod: str) -> None:
        table.replace(_told())
        asking = asyncio.create_task(_ask(url))
        await asyncio.wait_for(loads.urgent.wait(), 5)
        (load,) = loads.report()["loads"]
        assert (load["namespace"], load["revision"], load["now"], load["requests"]) == ("team", "iris-predictor-00001", 1, 1)
        table.replace(_told(pod))
        assert await asyncio.wait_for(asking, 5) == (200, "POST rows")

    _play(scene)


def test_it_is_told_why_when_no_pod_comes_in_time() -> None:
    async def scene(url: str, table: Table, loads: Loads, pod: str) -> None:
        table.replace(_told(patience=0.2))
        assert await _ask(url) == (503, "iris-predictor-00001 had no pod, and none was ready within 0.2 s\n")

    _play(scene)


@pytest.mark.parametrize(("patience", "simulated"), [(0.0, False), (60.0, True)])
def test_nobody_waits_in_standard_mode_or_for_a_pod_in_which_nobody_answers(patience: float, simulated: bool) -> None:
    async def scene(url: str, table: Table, loads: Loads, pod: str) -> None:
        table.replace(_told(patience=patience, simulated=simulated))
        code, words = await asyncio.wait_for(_ask(url), 2)
        assert code == 503 and ("simulated" in words) is simulated

    _play(scene)


def test_a_request_that_meets_a_pod_on_its_way_out_waits_for_the_next() -> None:
    async def scene(url: str, table: Table, loads: Loads, pod: str) -> None:
        table.replace(_told("127.0.0.1:1"))
        asking = asyncio.create_task(_ask(url))
        await asyncio.sleep(0.1)
        table.replace(_told())
        await asyncio.wait_for(loads.urgent.wait(), 5)
        table.replace(_told(pod))
        assert await asyncio.wait_for(asking, 5) == (200, "POST rows")

    _play(scene)


def test_a_client_that_leaves_is_waited_for_no_longer() -> None:
    async def scene(url: str, table: Table, loads: Loads, pod: str) -> None:
        table.replace(_told(patience=60.0))
        asking = asyncio.create_task(_ask(url))
        await asyncio.wait_for(loads.urgent.wait(), 5)
        asking.cancel()
        await asyncio.wait({asking})
        for _ in range(30):
            await asyncio.sleep(0.1)
            told = loads.report()["loads"]
            if not told or not told[0]["now"]:
                return
        pytest.fail("it is still in flight")

    _play(scene)


def test_loads_are_requests_in_flight_over_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("sandbox.serving.gateway.loads.time.monotonic", lambda: clock[0])
    loads, key = Loads(), ("team", "iris-predictor-00001")
    with loads.counted(key):
        clock[0] = 102.0
        with loads.counted(key):
            clock[0] = 103.0
        clock[0] = 104.0
        report = loads.report()
        assert report["seconds"] == 4.0 and [(each["area"], each["requests"], each["now"]) for each in report["loads"]] == [(5.0, 2, 1)]
        clock[0] = 105.0
        assert [(each["area"], each["requests"]) for each in loads.report()["loads"]] == [(1.0, 0)], "each is told once"
    loads.report()
    assert loads.report()["loads"] == []
