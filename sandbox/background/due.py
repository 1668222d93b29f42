"""Names that something is to be done about in the next turn of the loop, each once however often it was marked."""

import asyncio
from collections.abc import Callable


class Due:
    """Calls `settle` with every marked name; never from within the write that marked it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, settle: Callable[[str], None]) -> None:
        self._loop, self._settle = loop, settle
        self._names: set[str] = set()

    def mark(self, name: str) -> None:
        """Have a name settled."""
        if not self._names:
            self._loop.call_soon(self.run)
        self._names.add(name)

    def run(self) -> None:
        """Settle what is marked now."""
        names, self._names = self._names, set()
        for name in names:
            self._settle(name)
