"""A proxy between the portal and a real API server, in a thread of the test: it counts every call, and rules make calls go wrong."""

import asyncio
import contextlib
import itertools
import re
import ssl
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml

from sandbox.controlplane import ControlPlane
from tests.faults.http_stream import LIMIT, Head, read_body, read_head
from tests.faults.rules import Action, Call, Dropped, Rule, When
from tests.faults.streams import pass_stream

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Proxy:
    """`with Proxy(plane) as proxy:` and point a kubeconfig at `proxy.server`; `fault()` adds a rule, `down()` refuses every connection."""

    def __init__(self, plane: ControlPlane) -> None:
        self.plane = plane
        self.rules: list[Rule] = []
        self.calls: list[Call] = []
        self.port = 0
        self._numbers = itertools.count(1)
        self._clients: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._listener: asyncio.Server | None = None
        self._inbound = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._inbound.load_cert_chain(plane.certificates.certificate, plane.certificates.key)
        self._outbound = ssl.create_default_context(cafile=str(plane.certificates.ca))

    def __enter__(self) -> "Proxy":
        self._thread.start()
        self.up()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.down()
        self._run(self._end_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    # What tests say.

    @property
    def server(self) -> str:
        """The URL for a kubeconfig."""
        return f"https://127.0.0.1:{self.port}"

    def write_kubeconfig(self, path: Path) -> Path:
        """The plane's administrator, reached through here."""
        config = yaml.safe_load(Path(self.plane.kubeconfig_path).read_text())
        config["clusters"][0]["cluster"]["server"] = self.server
        path.write_text(yaml.safe_dump(config))
        return path

    def fault(self, action: Any, *, verb: str = ".*", path: str = "", nth: Any = None, when: When = "before", watch: bool = False) -> Rule:
        """Adds a rule; `nth` is one number, a range or a set of the matching calls, None all. It is for watches, or for all but watches."""
        rule = Rule(action, verb, path, (nth,) if isinstance(nth, int) else nth, when, watch or when == "stream")
        self.rules.append(rule)
        return rule

    def heal(self) -> None:
        """No rule any more, and open for everybody."""
        self.rules.clear()
        if self._listener is None:
            self.up()

    def up(self) -> None:
        """Listens, on the same port as before."""
        self._run(self._listen())

    def down(self) -> None:
        """Refuses every connection and cuts the open ones."""
        self._run(self._shut())

    def forget(self) -> None:
        """Begins to count anew."""
        self.calls.clear()

    def since(self, start: int = 0, *, verb: str = ".*", path: str = "") -> list[Call]:
        """The calls from the `start`-th of the list on, without watches."""
        return [c for c in self.calls[start:] if not c.is_watch and re.fullmatch(verb, c.verb) and re.search(path, c.path)]

    def mutations(self, path: str = "") -> list[Call]:
        """The calls that could have changed something."""
        return [call for call in self.since(path=path) if call.is_mutating]

    # What it does.

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self._inbound, limit=LIMIT)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _shut(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for writer in list(self._clients):
            writer.transport.abort()

    async def _end_tasks(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        upstream: Streams | None = None
        try:
            while head := await read_head(reader):
                upstream = upstream or await asyncio.open_connection("127.0.0.1", self.plane.port, ssl=self._outbound, limit=LIMIT)
                await self._exchange(head, await read_body(head, reader), upstream, writer)
        except (Dropped, OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # Cancelled is what the end of the test does; the streams' own callbacks would complain of it.
            writer.transport.abort()
        finally:
            self._clients.discard(writer)
            for each in (writer, upstream and upstream[1]):
                if each:
                    with contextlib.suppress(OSError, RuntimeError):
                        each.close()

    async def _exchange(self, head: Head, body: bytes, upstream: Streams, client: asyncio.StreamWriter) -> None:
        path, query = head.target
        call = Call(next(self._numbers), time.monotonic(), head.first[0], path, query)
        self.calls.append(call)
        fired = [rule for rule in self.rules if rule.picks(call)]
        if answer := await _first([rule.action for rule in fired if rule.when == "before"], call):
            client.write(answer)
            await client.drain()
            return
        upstream[1].write(head.raw + body)
        await upstream[1].drain()
        answered = await read_head(upstream[0])
        if answered is None:
            raise Dropped
        if call.is_watch and answered.status == 200:
            await pass_stream(answered, upstream[0], client, [rule.action for rule in fired if rule.when == "stream"])
            return
        data = answered.raw + await read_body(answered, upstream[0])
        client.write(await _first([rule.action for rule in fired if rule.when == "after"], call) or data)
        await client.drain()


async def _first(actions: list[Action], call: Call) -> bytes | None:
    for action in actions:
        if answer := await action(call):
            return answer
    return None
