"""How long the embedded server takes to start, empty and with a journal, and what it weighs for what it holds."""

import shutil
import time
from pathlib import Path

from benchmarks.figures import Figure, alternate
from benchmarks.sandbox.server import Server, resident
from sandbox.embedded import EmbeddedCluster

SECONDS, TIMES = 1.0, 4.0


def starts(folder: Path, filled: Path, *, rounds: int, pods: int, namespaces: int) -> Figure:
    """From the start of the process to its first answer; `filled` is the data folder of a server that holds many objects."""

    def start(data: Path) -> float:
        cluster, started = EmbeddedCluster(data), time.perf_counter()
        cluster.start()
        seconds = time.perf_counter() - started
        cluster.stop()
        return seconds

    def empty(round_: int) -> float:
        data = folder / f"empty-{round_}"
        seconds = start(data)
        shutil.rmtree(data)
        return seconds

    samples = alternate({"empty": empty, "with its journal": lambda _: start(filled)}, rounds)
    load = f"to the first answer; the journal holds {pods} pods and {namespaces} namespaces with what each of them is given"
    return Figure("embedded server: start", "s", load, samples, "empty", {}, [f"Bound: {SECONDS:.0f} s, empty."])


def memory(data: Path, *, pods: int, namespaces: int) -> Figure:
    """How much a process grows by filling it, by bytes of JSON that it then holds."""
    with EmbeddedCluster(data) as cluster:
        server, process = Server(cluster.kubeconfig_path), int((data / "lock").read_text())
        server.raw("GET", "/api/v1/pods")
        before = resident(process)
        server.fill(pods, namespaces)
        grown = resident(process) - before
        held = sum(len(server.raw("GET", path).data) for path in ("/api/v1/pods", "/api/v1/namespaces", *FURNITURE))
    note = f"{grown / 2**20:.0f} MiB more memory for {held / 2**20:.1f} MiB of JSON: {grown / held:.2f} times (bound: {TIMES:.0f})."
    load = f"{pods} pods and {namespaces} namespaces"
    return Figure("embedded server: memory", "times the JSON held", load, {"embedded": [grown / held]}, "embedded", {}, [note])


# What every namespace is given.
FURNITURE = ("/api/v1/configmaps", "/api/v1/serviceaccounts")
