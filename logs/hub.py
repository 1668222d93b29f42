"""The upstreams of one process: shared by all who look at a container, ended some seconds after the last one has left."""

import asyncio
import logging
from weakref import WeakKeyDictionary

from kube.connect import Api
from logs.upstream import Target, Upstream
from streams.exit import on_exit

logger = logging.getLogger(__name__)

MOST_UPSTREAMS = 100
LINGER_SECONDS = 5.0


class TooMany(Exception):
    """As many logs are read in this process as may be."""


class LogHub:
    """Used on one event loop only."""

    def __init__(self) -> None:
        self.upstreams: dict[Target, Upstream] = {}
        self.closed = False

    def join(self, target: Target, api: Api, viewer: asyncio.Event) -> Upstream:
        """The upstream of the target, which from now on wakes the viewer. Raises TooMany."""
        upstream = self.upstreams.get(target)
        if upstream is None:
            if len(self.upstreams) >= MOST_UPSTREAMS:
                raise TooMany
            upstream = self.upstreams[target] = Upstream(target, api, asyncio.get_running_loop())
            upstream.start()
        upstream.viewers.add(viewer)
        return upstream

    def leave(self, target: Target, viewer: asyncio.Event) -> None:
        """The viewer looks no more."""
        if upstream := self.upstreams.get(target):
            upstream.viewers.discard(viewer)
            if not upstream.viewers:
                asyncio.get_running_loop().call_later(LINGER_SECONDS, self._end_unless_joined, target)

    def close(self) -> None:
        """End everything: the process is told to stop."""
        self.closed = True
        for upstream in self.upstreams.values():
            upstream.stop()
            for viewer in upstream.viewers:
                viewer.set()

    def _end_unless_joined(self, target: Target) -> None:
        upstream = self.upstreams.get(target)
        if upstream and not upstream.viewers:
            del self.upstreams[target]
            upstream.stop()


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, LogHub] = WeakKeyDictionary()


def log_hub() -> LogHub:
    """The hub of the running event loop, made on first use."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = LogHub()
        on_exit(loop, _hubs[loop].close)
    return _hubs[loop]
