"""The simulator's side of the warm server: started in the background, asked for processes, forgotten when it dies."""

import asyncio
import json
import logging
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from sandbox.local.bounds import Bounds
from sandbox.local.images import module
from sandbox.local.leftovers import Leftovers

log = logging.getLogger(__name__)
# Images that can be forked, and their packages; what must be installed for them.
IMAGE, PACKAGE = "sandbox.slipway.dev/model-server:1", "sandbox.model_server"
NEEDED = ("mlflow", "pandas", "sklearn")
# The cluster comes up first, unless somebody waits for it.
PATIENCE, RETRY = 2.0, 10.0
# Loading the same libraries once more beside it would take longer.
LONGEST_WAIT = 30.0
LARGEST = 64 * 1024


class ForkedProcess:
    """A child of the warm server, with the face of asyncio's Process as far as it is used here."""

    def __init__(self, pid: int, stdout: asyncio.StreamReader) -> None:
        self.pid, self.stdout, self.returncode = pid, stdout, None if pid else 0
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def wait(self) -> int:
        """Its exit code, negative for a signal."""
        return await asyncio.shield(self._ended)

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if not self._ended.done():
            os.kill(self.pid, number)

    def end(self, code: int) -> None:
        """Note that it has ended."""
        if not self._ended.done():
            self.returncode = code
            self._ended.set_result(code)


class Warm:
    """One warm server; until it is there, and when it is gone, containers are started as any program is."""

    def __init__(self, leftovers: Leftovers) -> None:
        self._leftovers = leftovers
        self._channel: socket.socket | None = None
        self._wanted, self._settled, self._is_starting = asyncio.Event(), asyncio.Event(), False
        self._tickets: dict[int, asyncio.Future[int]] = {}
        self._children: dict[int, ForkedProcess] = {}
        self._ended_early: dict[int, int] = {}
        self._last = 0

    def has(self, image: str) -> bool:
        """Whether a container of this image can be forked, now or soon."""
        return image == IMAGE and (self._channel is not None or self._is_starting)

    async def run(self) -> None:
        """Keep one running until cancelled."""
        pause = PATIENCE
        while True:
            self._is_starting = all(map(find_spec, NEEDED))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), pause)
            if self._is_starting:
                await self._live()
            self._wanted.clear()
            pause = RETRY

    async def fork(self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, bounds: Bounds) -> ForkedProcess:
        """A new process with these arguments; raises OSError when the warm server does not answer."""
        channel = await self._ready()
        self._last += 1
        ticket, loop = self._last, asyncio.get_running_loop()
        wanted = {"ticket": ticket, "arguments": list(arguments), "environment": dict(environment), "folder": str(folder)}
        wanted |= {"memory": bounds.memory, "cores": bounds.cores}
        readable, writable = os.pipe()
        self._tickets[ticket] = loop.create_future()
        try:
            socket.send_fds(channel, [json.dumps(wanted).encode()], [writable])
        except OSError:
            os.close(readable)
            del self._tickets[ticket]
            raise
        finally:
            os.close(writable)
        stdout = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdout), os.fdopen(readable, "rb", 0))
        try:
            process = ForkedProcess(await self._tickets[ticket], stdout)
        finally:
            del self._tickets[ticket]
        self._children[process.pid] = process
        if process.pid in self._ended_early:
            process.end(self._ended_early.pop(process.pid))
        return process

    async def _ready(self) -> socket.socket:
        """The channel, waited for while the warm server starts."""
        self._wanted.set()
        if self._channel is None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._settled.wait(), LONGEST_WAIT)
        if self._channel is None:
            raise ConnectionResetError("the warm server does not start")
        return self._channel

    async def _live(self) -> None:
        """One warm server from its start to its end."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        command = module("sandbox.local.warm_server", PACKAGE, str(theirs.fileno()))
        bounds = Bounds()
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            pass_fds=(theirs.fileno(),),
            preexec_fn=bounds.tether(),  # the calls in it are safe between fork and exec
            env={key: os.environ[key] for key in ("PATH", "LANG", "TZ") if key in os.environ},
        )
        theirs.close()
        self._leftovers.remember(process.pid)
        try:
            await self._listen(ours)
        finally:
            self._close(ours)
            if process.returncode is None:
                process.kill()
            words = (await process.stderr.read()).decode(errors="replace").strip() if process.stderr else ""
            code = await process.wait()
            self._leftovers.forget(process.pid)
            log.info("the warm model server ended with %s %s", code, words.rpartition("\n")[2])

    async def _listen(self, channel: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while data := await loop.sock_recv(channel, LARGEST):
            told = json.loads(data)
            if "warm" in told:
                self._channel = channel
                self._settled.set()
                log.info("model servers start warm from now on")
            elif "started" in told:
                self._tickets[told["ticket"]].set_result(told["started"])
            elif told["ended"] in self._children:
                self._children.pop(told["ended"]).end(told["code"])
            else:
                self._ended_early[told["ended"]] = told["code"]

    def _close(self, channel: socket.socket) -> None:
        """Its children have died with it."""
        self._channel, self._is_starting = None, False
        # Who waits goes on without it.
        self._settled.set()
        self._settled.clear()
        channel.close()
        for child in self._children.values():
            child.end(-signal.SIGKILL)
        for ticket in self._tickets.values():
            if not ticket.done():
                ticket.set_exception(ConnectionResetError("the warm server has ended"))
        self._children, self._ended_early = {}, {}
