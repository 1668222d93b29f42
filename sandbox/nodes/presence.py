"""Which simulated nodes are away just now: their kubelets are silent, and what they run goes on unseen."""

import asyncio
import time
from collections.abc import Callable

from sandbox.nodes.pod_parts import Object
from sandbox.nodes.scenarios import Absence, Scenarios


class Presence:
    """Follows what scenarios and annotations ask of nodes; seconds count from when it was first asked."""

    def __init__(self, scenarios: Scenarios) -> None:
        self._scenarios = scenarios
        self._nodes: dict[str, Object] = {}
        self._asked: dict[str, tuple[Absence, float]] = {}
        self._back: dict[str, asyncio.Event] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._listeners: list[Callable[[str], None]] = []
        scenarios.listen(self._judge_all)

    def listen(self, handler: Callable[[str], None]) -> None:
        """Call `handler` with the name of a node that went away or came back."""
        self._listeners.append(handler)

    def observe(self, event: str, node: Object) -> None:
        """Take note of a node's change."""
        name = node["metadata"]["name"]
        if event == "DELETED":
            self._nodes.pop(name, None)
        else:
            self._nodes[name] = node
        self._judge(name)

    def node(self, name: str) -> Object | None:
        """The node as last seen."""
        return self._nodes.get(name)

    def is_away(self, name: str) -> bool:
        """Whether nothing is heard of it."""
        return name in self._back

    async def wait(self, name: str) -> None:
        """Return when it is there."""
        while name in self._back:
            await self._back[name].wait()

    def _judge_all(self) -> None:
        for name in list(self._nodes):
            self._judge(name)

    def _judge(self, name: str) -> None:
        absence = self._scenarios.absence(self._nodes[name]) if name in self._nodes else None
        if timer := self._timers.pop(name, None):
            timer.cancel()
        if absence is None:
            self._asked.pop(name, None)
            self._set(name, away=False)
            return
        if self._asked.get(name, (None, 0.0))[0] != absence:
            self._asked[name] = absence, time.monotonic()
        age = time.monotonic() - self._asked[name][1]
        end = float("inf") if absence.lasting is None else absence.after + absence.lasting
        self._set(name, away=absence.after <= age < end)
        later = [moment - age for moment in (absence.after, end) if age < moment < float("inf")]
        if later:
            self._timers[name] = asyncio.get_running_loop().call_later(min(later), self._judge, name)

    def _set(self, name: str, *, away: bool) -> None:
        if away == self.is_away(name):
            return
        if away:
            self._back[name] = asyncio.Event()
        else:
            self._back.pop(name).set()
        for handler in self._listeners:
            handler(name)
