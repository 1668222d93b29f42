"""What a kubelet asks of a container runtime. The simulated one is one, real processes another; the first that knows an image takes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

Object = dict[str, Any]
SIGKILLED = 137


@dataclass(frozen=True)
class Exit:
    """How a container ended; `reason` as in a container's terminated state: Completed, Error, OOMKilled, ..."""

    code: int
    reason: str = ""
    message: str = ""

    def why(self) -> str:
        """The reason, or the one that follows from the code."""
        return self.reason or ("Error" if self.code else "Completed")


class StartError(Exception):
    """A container that could not be started; `reason` as in a waiting state: RunContainerError, CreateContainerError."""

    def __init__(self, message: str, reason: str = "RunContainerError") -> None:
        super().__init__(message)
        self.reason = reason


class LogLine(NamedTuple):
    """One line of a container's output, without its end; `at` in seconds since the epoch."""

    at: float
    text: str


class Consumption(NamedTuple):
    """What a container uses now: `cpu` in cores, `memory` (the working set) in bytes."""

    cpu: float
    memory: int


class Run(Protocol):
    """One started container, from its start to its exit."""

    @property
    def id(self) -> str:
        """The container ID of its status: `<runtime>://<id>`."""

    @property
    def started(self) -> float:
        """Seconds since the epoch."""

    async def wait(self) -> Exit:
        """Return when it has ended, at once if it has; any number of callers may wait."""

    async def stop(self, grace: float) -> Exit:
        """End it: SIGTERM, and SIGKILL (exit code 137) if it still lives after `grace` seconds."""

    async def probe(self, kind: str, probe: Object) -> str:
        """Try a probe of the container's spec once, within its timeoutSeconds; `kind` is startup, readiness or liveness.

        An empty one asks for readiness where the spec has no probe: a failure only if a scenario wants it.

        Returns "" for a success, else the words of a failure, such as `HTTP probe failed with statuscode: 503`.
        """


class Runtime(Protocol):
    """Starts containers and answers for those that it started."""

    def knows(self, image: str) -> bool:
        """Whether containers of this image are its own."""

    async def start(self, pod: Object, container: Object, attempt: int, environment: dict[str, str]) -> Run:
        """Start a container (an item of the pod's spec) for the time number `attempt`, from 0; raises StartError."""

    def remembers(self, pod: Object) -> bool:
        """Whether what the pod's init containers have left is still there; else they run again."""

    def resume(self, pod: Object, container: Object, attempt: int, started: float) -> Run | None:
        """The container that a former process of the simulator started at that time; None if it does not run any more."""

    def address(self, pod: Object) -> str | None:
        """The address under which the pod's containers listen; None if a simulated one will do."""

    def annotations(self, pod: Object) -> dict[str, str]:
        """What the pod shall say of being run here, once it runs."""

    def changed(self, pod: Object) -> None:
        """The pod, or what scenarios ask of it, changed."""

    def forget(self, pod: Object) -> None:
        """The pod is gone: drop what is kept for it, such as logs and folders."""

    def logs(self, pod: Object, container: str, *, previous: bool = False) -> Sequence[LogLine]:
        """What the container (or the one before its last restart) has written until now, oldest first. Ask again to follow."""

    def consumption(self, pod: Object, container: str) -> Consumption:
        """What a running container uses now; zeros if it does not run."""


def runtime_for(pod: Object, runtimes: Sequence[Runtime]) -> Runtime:
    """The first that knows every image of the pod: a pod is never half real. Raises LookupError if none does."""
    images = [each["image"] for part in ("initContainers", "containers") for each in pod["spec"].get(part) or []]
    for runtime in runtimes:
        if all(runtime.knows(image) for image in images):
            return runtime
    raise LookupError(f"no runtime for {', '.join(images)}")
