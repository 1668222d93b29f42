"""How many seconds of processor time which process took, from Linux's /proc: what a wall clock on few cores does not tell."""

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

TICKS = os.sysconf("SC_CLK_TCK")
# The first word that is found in a command line decides.
NAMES = {
    "kube-apiserver": "control plane",
    "kube-controller-manager": "control plane",
    "kube-scheduler": "control plane",
    "etcd": "control plane",
    "portal.asgi": "web",
    "celery": "workers",
    "manage.py watch": "watcher",
    "manage.py": "other roles",
    "postgres": "database",
    "redis": "Redis",
    "kubectl": "client",
}


def spent() -> dict[str, float]:
    """Seconds so far by name; the processes of others on this machine are left out."""
    seconds: dict[str, float] = defaultdict(float)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        name = "client" if folder.name == str(os.getpid()) else next((name for word, name in NAMES.items() if word in command), "")
        # The times of children that were waited for count, so that a kubectl that has ended is not lost.
        own, ended = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
        seconds[name] += (own + (ended if name == "client" else 0)) / TICKS
    seconds.pop("", None)
    return seconds


class Meter:
    """Collects what each arm spent per run; the first run of an arm is its warm-up and does not count."""

    def __init__(self) -> None:
        self.runs: dict[str, list[dict[str, float]]] = defaultdict(list)

    @contextmanager
    def of(self, arm: str) -> Iterator[None]:
        """Measures the block."""
        before = spent()
        yield
        after = spent()
        self.runs[arm].append({name: after.get(name, 0.0) - before.get(name, 0.0) for name in NAMES.values()})

    def lines(self) -> list[str]:
        """A table in Markdown: the medians in seconds by arm and process."""
        medians = {arm: {name: median(run[name] for run in runs[1:] or runs) for name in NAMES.values()} for arm, runs in self.runs.items()}
        names = [name for name in dict.fromkeys(NAMES.values()) if any(found[name] >= 0.05 for found in medians.values())]
        rows = [[arm, *(f"{found[name]:.1f}" for name in names), f"{sum(found.values()):.1f}"] for arm, found in medians.items()]
        head = ["processor seconds of", *names, "all"]
        return ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]]
