"""A full LIST, as raw bytes, of the embedded server and of a real one."""

import time

from benchmarks.figures import Figure, alternate
from benchmarks.sandbox.server import PODS, Server

BOUND = 3.0


def run(embedded: Server, real: Server, *, pods: int, rounds: int) -> Figure:
    """Both hold the same pods; JSON, since that is what both serve, and no decoding by the client."""

    def listing(server: Server) -> float:
        started = time.perf_counter()
        server.raw("GET", PODS)
        return time.perf_counter() - started

    # From the real server's cache, its fastest form.
    samples = alternate({"embedded": lambda _: listing(embedded), "real API server": lambda _: listing(real)}, rounds)
    return Figure(
        "embedded server: LIST of many pods",
        "s",
        f"{pods} pods in one namespace, one client, JSON",
        samples,
        "embedded",
        {"real API server": BOUND},
    )
