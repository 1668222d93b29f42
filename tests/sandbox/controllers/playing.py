"""Some controllers alone, in a thread of the test's own process, against a server that nobody else acts on."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.client.calls import Client
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.kubeconfig import read_kubeconfig

Parts = Callable[[Client, Informers, Events], list[Coroutine[Any, Any, None]]]


@contextmanager
def playing(kubeconfig: Path, parts: Parts) -> Iterator[None]:
    """Run what `parts` makes until the block ends; an error in it fails the test."""
    loop, stopping = asyncio.new_event_loop(), asyncio.Event()
    failures: list[BaseException] = []

    async def play() -> None:
        async with Client(read_kubeconfig(kubeconfig)) as client:
            informers, events = Informers(client), Events(client)
            tasks = [asyncio.create_task(each) for each in (*parts(client, informers, events), informers.run(), events.run())]
            stopped = asyncio.create_task(stopping.wait())
            await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            failures.extend(each for each in results if isinstance(each, Exception))

    thread = threading.Thread(target=lambda: loop.run_until_complete(play()), daemon=True)
    thread.start()
    yield
    loop.call_soon_threadsafe(stopping.set)
    thread.join(10)
    assert not failures, failures
