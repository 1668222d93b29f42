"""One thread that follows one container's log for everybody in this process who looks at it."""

import asyncio
import logging
import threading
from collections.abc import Sequence
from typing import NamedTuple

from kube.connect import Api
from kube.errors import KubeError
from kube.logs import LogSource
from logs.ring import Item, Ring

logger = logging.getLogger(__name__)

# What a reader that begins now is shown of the past.
TAIL = 500
LONGEST_PAUSE = 10.0


class Target(NamedTuple):
    """A container of a pod in a cluster."""

    cluster_id: int
    namespace: str
    pod: str
    uid: str
    container: str


class Upstream:
    """Reads until it is stopped or the log has ended; `ring` has the lines, `trouble` says in words why there are none now."""

    def __init__(self, target: Target, api: Api, loop: asyncio.AbstractEventLoop) -> None:
        self.ring = Ring()
        self.trouble = ""
        self.ended = False
        self.viewers: set[asyncio.Event] = set()
        self._loop, self._told = loop, False
        self._source = LogSource(api, target.namespace, target.pod, target.container, uid=target.uid, tail=TAIL)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._read, name=f"log {target.pod}/{target.container}", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; nothing is told any more."""
        self._stopped.set()
        self._source.stop()

    def _read(self) -> None:
        pause = 1.0
        while not self._stopped.is_set():
            try:
                for batch in self._source.batches():
                    self._take(batch if isinstance(batch, list) else [batch])
                    pause = 1.0
            except KubeError as error:
                self._say(str(error))
                self._stopped.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                self.ended = True
                self._wake()
                return

    def _take(self, items: Sequence[Item]) -> None:
        self.trouble = ""
        self.ring.add(items)
        self._wake()

    def _say(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self._wake()

    def _wake(self) -> None:
        """Lines may come by the thousand; the event loop is called once for all that came before it looks."""
        if not self._told and not self._stopped.is_set():
            self._told = True
            try:
                self._loop.call_soon_threadsafe(self._tell)
            except RuntimeError:
                self._stopped.set()  # The loop is closed: the process ends.

    def _tell(self) -> None:
        self._told = False
        for viewer in self.viewers:
            viewer.set()
