"""What one process may use: memory by its limit, processors by affinity and niceness. No root, no cgroup is needed."""

import ctypes
import math
import os
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.nodes.runtime import Object
from sandbox.schema.quantities import parse

MEBI = 1024 * 1024
DEFAULT_MEMORY, DEFAULT_CORES = 512 * MEBI, 1.0
# Between two looks at its memory a process may grow by this much and no more.
HEADROOM = 512 * MEBI
NICENESS = 10
MOST_FILES = 1024
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Bounds:
    """`memory` in resident bytes, `cores` as a number of processors."""

    memory: int = DEFAULT_MEMORY
    cores: float = DEFAULT_CORES

    def preparation(self) -> Callable[[], None]:
        """What the child does before it becomes the program: bind itself to its parent's life, and to the bounds."""
        tether, everywhere = self.tether(), sorted(os.sched_getaffinity(0))
        count = min(max(math.ceil(self.cores), 1), len(everywhere))
        data = self.memory + HEADROOM

        def prepare() -> None:
            tether()
            resource.setrlimit(resource.RLIMIT_DATA, (data, data))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))
            os.sched_setaffinity(0, everywhere[os.getpid() % len(everywhere) :][:count] or everywhere[:count])
            os.nice(max(NICENESS - os.nice(0), 0))

        return prepare

    @staticmethod
    def tether() -> Callable[[], None]:
        """What binds a child to the life of this process, and no more."""
        parent = os.getpid()

        def bind() -> None:
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

        return bind


def bounds_of(container: Object) -> Bounds:
    """The container's limits, or the defaults where it has none."""
    limits = (container.get("resources") or {}).get("limits") or {}
    memory = int(parse(limits["memory"])) if "memory" in limits else DEFAULT_MEMORY
    return Bounds(memory, float(parse(limits["cpu"])) if "cpu" in limits else DEFAULT_CORES)
