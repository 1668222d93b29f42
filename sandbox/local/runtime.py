"""The runtime of known images: their containers are processes of this machine."""

import asyncio
import logging
import shutil
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from sandbox.local.bounds import Bounds, bounds_of
from sandbox.local.file_log import FileLog
from sandbox.local.leftovers import Leftovers
from sandbox.local.mounts import Mounts
from sandbox.local.ports import Ports
from sandbox.local.process import LocalRun, Process, base_environment, start_process
from sandbox.local.table import by_session
from sandbox.local.warm import Warm
from sandbox.nodes.address import machine_address
from sandbox.nodes.runtime import Consumption, LogLine, Object, Run, StartError

log = logging.getLogger(__name__)
SAMPLE_SECONDS = 0.25
MOST_PROCESSES = 16
# These would change how the program itself is loaded.
REFUSED = ("LD_", "PYTHON", "GCONV_PATH", "GLIBC_TUNABLES", "MALLOC_")
Key = tuple[str, str]


class LocalRuntime:
    """Starts at most `most` processes; what they write and work in is below `folder`, what stands for claims below `claims`."""

    def __init__(
        self,
        images: Mapping[str, Sequence[str]],
        folder: Path,
        *,
        most: int = MOST_PROCESSES,
        claims: Path | None = None,
        warm: bool = False,
    ) -> None:
        """With `warm` model servers are forked from a process that has their libraries loaded, once it has."""
        self._images, self._folder, self._most, self._claims = images, folder, most, claims or folder / "claims"
        self._runs: dict[Key, LocalRun] = {}
        self._logs: dict[Key, deque[FileLog]] = {}
        self._ports, self._starting = Ports(), 0
        self._leftovers = Leftovers(folder / "pids")
        self._leftovers.end_all()
        for log in (folder / "pods").glob("*/*.log*"):
            log.unlink(missing_ok=True)
        self._warm, self._is_warm = Warm(self._leftovers), warm

    def knows(self, image: str) -> bool:
        """Whether the table has it."""
        return image in self._images

    async def start(self, pod: Object, container: Object, attempt: int, environment: dict[str, str]) -> Run:
        """Start the image's command with the container's arguments and environment."""
        if container.get("command"):
            raise StartError("a local process runs the command of its image: leave out `command`, use `args`", "CreateContainerError")
        if self._starting + sum(not run.has_ended for run in self._runs.values()) >= self._most:
            raise StartError(f"{self._most} local processes run already, which is as many as may", "OutOfprocesses")
        self._starting += 1
        try:
            run = await self._start(pod, container, environment)
        except OSError as error:
            raise StartError(f"failed to start {container['image']}: {error}") from error
        finally:
            self._starting -= 1
        self._runs[_key(pod, container["name"])] = run
        return run

    def remembers(self, pod: Object) -> bool:
        """Its emptyDir volumes outlive a simulator, but not the machine's folder for temporary files."""
        uses = any("emptyDir" in volume for volume in pod["spec"].get("volumes") or [])
        return not uses or self._volumes(pod["metadata"]["uid"]).is_dir()

    def resume(self, pod: Object, container: Object, attempt: int, started: float) -> Run | None:
        """Nothing outlives the simulator."""
        return None

    def address(self, pod: Object) -> str | None:
        """The machine's."""
        return machine_address()

    def annotations(self, pod: Object) -> dict[str, str]:
        """Where its ports are."""
        return self._ports.note(pod)

    def changed(self, pod: Object) -> None:
        """Nothing follows from it."""

    def forget(self, pod: Object) -> None:
        """End what still runs, drop its logs and its folder."""
        uid = pod["metadata"]["uid"]
        for key in [each for each in self._runs if each[0] == uid]:
            self._runs.pop(key).kill()
        for key in [each for each in self._logs if each[0] == uid]:
            for log in self._logs.pop(key):
                log.close()
        self._ports.forget(pod)
        shutil.rmtree(self._folder / "pods" / uid, ignore_errors=True)

    def keep(self, uids: Collection[str]) -> None:
        """Drop the folders that a former simulator left of other pods than these."""
        for each in (self._folder / "pods").glob("*"):
            if each.name not in uids and not any(key[0] == each.name for key in self._runs):
                shutil.rmtree(each, ignore_errors=True)

    def logs(self, pod: Object, container: str, *, previous: bool = False) -> Sequence[LogLine]:
        """Of this container, or of the one before it."""
        kept = self._logs.get(_key(pod, container), ())
        wanted = 2 if previous else 1
        return kept[-wanted] if len(kept) >= wanted else ()

    def consumption(self, pod: Object, container: str) -> Consumption:
        """As /proc had it a moment ago."""
        run = self._runs.get(_key(pod, container))
        return run.use if run else Consumption(0.0, 0)

    async def run(self) -> None:
        """Watch over what the processes use until cancelled; then end them all."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._sample())
                if self._is_warm:
                    group.create_task(self._warm.run())
        finally:
            for run in self._runs.values():
                run.kill()

    async def _sample(self) -> None:
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            running = [run for run in self._runs.values() if not run.has_ended]
            rows = by_session({run.pid for run in running}) if running else {}
            for run in running:
                mine = rows[run.pid]
                run.sample(sum(row.seconds for row in mine), sum(row.memory for row in mine))

    async def _start(self, pod: Object, container: Object, environment: Mapping[str, str]) -> LocalRun:
        folder, key = self._folder / "pods" / pod["metadata"]["uid"], _key(pod, container["name"])
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = self._logs.setdefault(key, deque())
        kept.append(FileLog(folder / f"{container['name']}.{len(kept)}.{asyncio.get_running_loop().time():.6f}.log"))
        while len(kept) > 2:
            kept.popleft().close()
        own = {"HOSTNAME": pod["metadata"]["name"], "HOST": machine_address()}
        mounts = Mounts(pod, container, self._volumes(pod["metadata"]["uid"]), self._claims)
        given = {name: mounts.rewrite(value) for name, value in environment.items() if not name.startswith(REFUSED)}
        variables = {**base_environment(), **own, **given, "PORT": str(self._ports.for_container(pod, container))}
        arguments, bounds = [mounts.rewrite(each) for each in container.get("args") or []], bounds_of(container)
        process = await self._process(container["image"], arguments, variables, folder, bounds)
        self._leftovers.remember(process.pid)
        tells = container.get("terminationMessagePolicy") == "FallbackToLogsOnError"
        return LocalRun(process, bounds, kept[-1], self._leftovers, lambda port: self._ports.real(pod, container, port), tells=tells)

    def _volumes(self, uid: str) -> Path:
        return self._folder / "pods" / uid / "volumes"

    async def _process(self, image: str, arguments: list[str], variables: dict[str, str], folder: Path, bounds: Bounds) -> Process:
        if self._warm.has(image):
            try:
                return await self._warm.fork(arguments, variables, folder, bounds)
            except OSError as error:
                log.info("%s is started anew: %s", image, error)
        return await start_process([*self._images[image], *arguments], variables, folder, bounds)


def _key(pod: Object, container: str) -> Key:
    return pod["metadata"]["uid"], container
