"""One container as a local process: a session of its own, its output in a log, its end with a reason."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from sandbox.local.bounds import Bounds
from sandbox.local.file_log import LONGEST_LINE, FileLog
from sandbox.local.leftovers import Leftovers, end_session
from sandbox.local.probing import probe_process
from sandbox.local.table import by_session
from sandbox.nodes.runtime import SIGKILLED, Consumption, Exit, Object

Port = Callable[[int | str], int]
# What a kubelet takes of a log as the message of a failure.
LAST_LINES, LAST_LETTERS = 80, 2048


class Process(Protocol):
    """A started process: asyncio's own, or one that looks like it."""

    pid: int

    @property
    def returncode(self) -> int | None:
        """None while it runs; negative for a signal."""

    @property
    def stdout(self) -> asyncio.StreamReader | None:
        """Its output."""

    async def wait(self) -> int:
        """Its exit code."""

    def send_signal(self, signal: int) -> None:
        """Send it a signal."""


class LocalRun:
    """From its start to its exit; whatever it started itself ends with it."""

    def __init__(self, process: Process, bounds: Bounds, log: FileLog, leftovers: Leftovers, port: Port, *, tells: bool = False) -> None:
        """`tells`: a failure has the end of its log as its message."""
        self.pid, self.bounds, self.log = process.pid, bounds, log
        self.id, self.started = f"sandbox-process://{process.pid}-{time.time_ns():x}", time.time()
        self.use, self._seconds, self._sampled = Consumption(0.0, 0), 0.0, time.monotonic()
        self._process, self._leftovers, self._port, self._is_too_big, self._tells = process, leftovers, port, False, tells
        self._end = asyncio.create_task(self._until_end())

    @property
    def has_ended(self) -> bool:
        """Whether it has."""
        return self._end.done()

    async def wait(self) -> Exit:
        """Return when it has ended."""
        return await asyncio.shield(self._end)

    async def stop(self, grace: float) -> Exit:
        """SIGTERM, and SIGKILL after the grace period."""
        if not self._end.done() and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self.wait(), max(grace, 0.001))
        except TimeoutError:
            self.kill()
            return await self.wait()

    def kill(self) -> None:
        """End the whole session at once."""
        end_session([row.pid for row in by_session({self.pid})[self.pid]])

    async def probe(self, kind: str, probe: Object) -> str:
        """A real one."""
        target = probe.get("httpGet") or probe.get("tcpSocket") or {}
        return await probe_process(probe, self._port(target["port"]) if "port" in target else 0)

    def sample(self, seconds: float, memory: int) -> None:
        """Note what the session has used; one that is too big is ended."""
        now = time.monotonic()
        passed, self._sampled = now - self._sampled, now
        self.use = Consumption(max(seconds - self._seconds, 0.0) / max(passed, 0.001), memory)
        self._seconds = seconds
        if memory > self.bounds.memory and not self._is_too_big:
            self._is_too_big = True
            self.kill()

    async def _until_end(self) -> Exit:
        await self._read()
        code = await self._process.wait()
        self.kill()
        self._leftovers.forget(self.pid)
        self.use = Consumption(0.0, 0)
        if self._is_too_big:
            return Exit(SIGKILLED, "OOMKilled")
        return Exit(code if code >= 0 else 128 - code, message=self._last_words() if self._tells and code else "")

    def _last_words(self) -> str:
        lines = self.log[max(len(self.log) - LAST_LINES, 0) : len(self.log)]
        return "\n".join(line.text for line in lines)[-LAST_LETTERS:]

    async def _read(self) -> None:
        """Output line by line, until the process itself has ended; what it left behind may hold the pipe open."""
        reading = asyncio.create_task(self._read_lines())
        ending = asyncio.create_task(self._process.wait())
        await asyncio.wait({reading, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            await asyncio.wait({reading}, timeout=0.2)
        await ending
        reading.cancel()

    async def _read_lines(self) -> None:
        output, rest = self._process.stdout, b""
        while output is not None and (data := await output.read(LONGEST_LINE)):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                self.log.append(time.time(), line)
            if len(rest) > LONGEST_LINE:
                self.log.append(time.time(), rest)
                rest = b""
        if rest:
            self.log.append(time.time(), rest)


async def start_process(command: Sequence[str], environment: Mapping[str, str], folder: Path, bounds: Bounds) -> Process:
    """Start it; raises OSError."""
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=bounds.preparation(),  # the calls in it are safe between fork and exec
        env=dict(environment),
        cwd=folder,
    )


def base_environment() -> dict[str, str]:
    """Of this process's environment only what programs cannot do without: its secrets are none of theirs."""
    return {key: os.environ[key] for key in ("PATH", "LANG", "TZ") if key in os.environ}
