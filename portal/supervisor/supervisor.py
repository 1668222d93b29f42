"""Holds the children: starts them, starts again what dies, stops them in order; whatever happens, none is left."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from portal.supervisor import proc
from portal.supervisor.child import Child, Role
from portal.supervisor.failure import CannotStart
from portal.supervisor.state import Record, RunFolder, leftovers

TICK_SECONDS = 0.1
HOPELESS_DEATHS = 4
STOP_ORDER = (("web",), ("watcher", "beat"), ("worker",), ("simulator", "models", "demo-models"), ("api-server",), ("redis",))

Say = Callable[[str], None]


class Supervisor:
    """The processes of one start. Use it from the main thread only."""

    def __init__(self, folder: RunFolder, record: Record, *, env: Mapping[str, str], log_folder: Path, say: Say) -> None:
        self._folder, self._record, self._say = folder, record, say
        self._env = {**env, proc.MARK: record.run}
        self._log_folder = log_folder
        self._children: dict[str, Child] = {}
        self.hurry = False

    @staticmethod
    def new_run() -> str:
        """A mark for the processes of one start."""
        return secrets.token_hex(8)

    def start(self, *roles: Role) -> None:
        """Starts the roles' processes without waiting for them."""
        for role in roles:
            child = self._children[role.name] = Child(role, env=self._env, log_folder=self._log_folder)
            child.start()
        self._write()

    def tick(self) -> None:
        """One look at the children: the dead are reported, and started again when their pause is over."""
        for child in self._children.values():
            if child.died():
                self._say(f"{child.role.name} ended: {child.last_words()} (starting it again; log: {child.log})")
                self._write()
            elif child.due():
                child.start()
                self._write()

    def wait_until(self, ready: Callable[[], bool], *, what: str, seconds: float, needs: str) -> None:
        """Waits for `ready`; CannotStart after `seconds`, or as soon as the role `needs` keeps dying."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.tick()
            child = self._children[needs]
            if child.deaths >= HOPELESS_DEATHS or time.monotonic() > deadline:
                raise CannotStart(f"{what} does not start: {child.last_words()} (log: {child.log})")
            time.sleep(TICK_SECONDS)

    def hopeless(self) -> list[Child]:
        """The children that died again and again."""
        return [child for child in self._children.values() if child.deaths >= HOPELESS_DEATHS]

    def stop(self) -> None:
        """Ends everything, in order and each with its deadline; `hurry` set meanwhile cuts the deadlines short."""
        self._record.stopping = True
        self._write()
        for names in STOP_ORDER:
            self._stop([self._children[name] for name in names if name in self._children])
        proc.end(leftovers(self._record), 0.2)
        self._folder.forget()

    def _stop(self, children: Sequence[Child]) -> None:
        for child in children:
            child.ask_to_stop()
        deadline = time.monotonic() + max([child.role.stop_seconds for child in children], default=0.0)
        while not all(child.stopped() for child in children) and time.monotonic() < deadline and not self.hurry:
            time.sleep(0.02)
        for child in children:
            child.kill()

    def _write(self) -> None:
        self._record.children = [child.identity for child in self._children.values() if child.identity]
        self._folder.write(self._record)
