"""Gets a container's image onto its node, or says why it does not come, in the kubelet's words."""

import asyncio
import time
from collections.abc import Callable

from sandbox.nodes.backoff import BackOff
from sandbox.nodes.desk import Desk
from sandbox.nodes.images import is_valid, pull_failure, size_of
from sandbox.nodes.pod_parts import Object
from sandbox.nodes.statuses import Record
from sandbox.nodes.words import duration

# How long a failed pull shows as ErrImagePull before it is a back-off.
SHOWN_SECONDS = 1.0
RETRY = 10.0


class Pulling:
    """The pulls of one container's image; its back-off lasts as long as the pod."""

    def __init__(self, desk: Desk, container: Object, record: Record, touch: Callable[[], None]) -> None:
        self._desk, self._container, self._record, self._touch = desk, container, record, touch
        self._back_off = BackOff()

    async def pull(self, current: Callable[[], Object]) -> None:
        """Return when the image is there; `current` gives the pod as it is now, and with it what scenarios ask of it."""
        while problem := await self._try(current()):
            reason, message = problem
            pod = current()
            self._fail(pod, reason, message)
            scenario = self._desk.scenarios.of(pod, self._record.name)
            if reason != "ErrImagePull":
                await asyncio.sleep(min(RETRY, scenario.back_off_seconds))
                continue
            failed = time.time()
            self._back_off.grow(scenario.back_off_seconds, failed)
            pause = self._back_off.pause(failed)
            await asyncio.sleep(min(SHOWN_SECONDS, pause / 2))
            self._desk.tell(pod, "BackOff", f'Back-off pulling image "{self._record.image}"', self._record.name)
            self._fail(pod, "ImagePullBackOff", f'Back-off pulling image "{self._record.image}": ErrImagePull: {message}')
            await asyncio.sleep(max(failed + pause - time.time(), 0.0))

    async def _try(self, pod: Object) -> tuple[str, str] | None:
        """Pull once if need be; returns the reason and message of a waiting state if that fails."""
        image, name, node = self._record.image, self._record.name, pod["spec"]["nodeName"]
        policy, scenario = self._container.get("imagePullPolicy", "IfNotPresent"), self._desk.scenarios.of(pod, name)
        if not is_valid(image):
            message = f'Failed to apply default image tag "{image}": couldn\'t parse image name "{image}": invalid reference format'
            self._desk.tell(pod, "InspectFailed", message, name, warning=True)
            return "InvalidImageName", message
        is_present = self._desk.images.has(node, image) and not scenario.pull_error
        if policy == "Never" and not is_present:
            message = f'Container image "{image}" is not present with pull policy of Never'
            self._desk.tell(pod, "ErrImageNeverPull", message, name, warning=True)
            return "ErrImageNeverPull", message
        if is_present and policy != "Always":
            self._desk.tell(pod, "Pulled", f'Container image "{image}" already present on machine', name)
            return None
        return await self._fetch(pod)

    async def _fetch(self, pod: Object) -> tuple[str, str] | None:
        image, name = self._record.image, self._record.name
        self._desk.tell(pod, "Pulling", f'Pulling image "{image}"', name)
        begun, scenario = time.monotonic(), self._desk.scenarios.of(pod, name)
        await asyncio.sleep(scenario.pull_seconds)
        if scenario.pull_error:
            message = pull_failure(image, scenario.pull_error)
            self._desk.tell(pod, "Failed", f'Failed to pull image "{image}": {message}', name, warning=True)
            return "ErrImagePull", message
        self._desk.images.add(pod["spec"]["nodeName"], image)
        took = duration(time.monotonic() - begun)
        size = f"Image size: {size_of(image)} bytes."
        self._desk.tell(pod, "Pulled", f'Successfully pulled image "{image}" in {took} ({took} including waiting). {size}', name)
        return None

    def _fail(self, pod: Object, reason: str, message: str) -> None:
        self._desk.tell(pod, "Failed", f"Error: {reason}", self._record.name, warning=True)
        self._record.wait_for(reason, message)
        self._touch()
