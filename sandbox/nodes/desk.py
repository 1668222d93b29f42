"""What the lives of all pods share, and the one way in which they write: again and again until the server has answered."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.events import Events
from sandbox.client.informer import UNREACHABLE
from sandbox.nodes.images import Images
from sandbox.nodes.lookups import Lookups
from sandbox.nodes.pod_parts import is_init
from sandbox.nodes.presence import Presence
from sandbox.nodes.runtime import Runtime
from sandbox.nodes.scenarios import Scenarios

log = logging.getLogger(__name__)
RETRY = 1.0


@dataclass
class Desk:
    """A kubelet's connections; a node that is away neither writes nor tells."""

    client: Client
    events: Events
    runtimes: Sequence[Runtime]
    scenarios: Scenarios
    presence: Presence
    images: Images = field(default_factory=Images)

    def __post_init__(self) -> None:
        self.lookups = Lookups(self.client)

    async def persist(self, pod: Object, method: str, path: str, body: Object, content_type: str = "application/json") -> Object:
        """Call until the server has answered; only its refusals are raised."""
        while True:
            await self.presence.wait(pod["spec"]["nodeName"])
            try:
                return await self.client.call(method, path, body, content_type=content_type)
            except ApiError as error:
                if error.code not in (429, 500, 503, 504):
                    raise
                log.info("%s %s: %s; trying again", method, path, error)
            except UNREACHABLE as error:
                log.info("%s %s: %s; trying again", method, path, error)
            await asyncio.sleep(RETRY)

    def tell(self, pod: Object, reason: str, message: str, container: str = "", *, warning: bool = False) -> None:
        """An event about the pod, or about one of its containers."""
        node, place = pod["spec"]["nodeName"], ""
        if self.presence.is_away(node):
            return
        if container:
            place = f"spec.{'initContainers' if is_init(pod, container) else 'containers'}{{{container}}}"
        self.events.tell(pod, "Warning" if warning else "Normal", reason, message, source="kubelet", host=node, field=place)
