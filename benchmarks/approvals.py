"""From the HTTP POST of 50 approvals to the last object confirmed, against kubectl's server-side apply and raw concurrent PATCHes."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial

from benchmarks.figures import Arm, Figure, alternate
from benchmarks.peer import THREADS, Manifest, Peer, named
from benchmarks.processors import Meter
from benchmarks.product import Product

POSTS_AT_ONCE = 4
Prepare = Callable[[list[Manifest]], Callable[[], None]]


def run(product: Product, peer: Peer, *, batch: int, rounds: int) -> Figure:
    """The figure; each round of each arm makes `batch` namespaces of its own names."""
    sample, meter = _sample(product, peer), Meter()
    peers: dict[str, Prepare] = {
        "kubectl": lambda objects: peer.apply_kubectl(objects),
        "kubectl --validate=false": lambda objects: peer.apply_kubectl(objects, "--validate=false"),
        "raw PATCHes": lambda objects: lambda: peer.apply_raw(objects),
    }
    arms = {"portal": _portal(product, peer, sample, batch, meter)}
    arms |= {name: _arm(peer, sample, batch, prepare, partial(meter.of, name)) for name, prepare in peers.items()}
    bounds = {"kubectl": 0.6, "kubectl --validate=false": 1.3, "raw PATCHes": 1.5}
    load = f"{batch} approvals, {batch * len(sample)} objects; {POSTS_AT_ONCE} approvals at once; raw: urllib3, {THREADS} threads"
    return Figure("approvals", "s", load, alternate(arms, rounds), "portal", bounds, ["\n".join(meter.lines())])


def _sample(product: Product, peer: Peer) -> list[Manifest]:
    number = product.approve(product.ask_many(["bench-sample"])[0])
    sample: list[Manifest] = product.call("alice", "GET", f"namespaces/{number}/manifests/")
    peer.confirm(sample)
    return sample


def _portal(product: Product, peer: Peer, sample: list[Manifest], batch: int, meter: Meter) -> Arm:
    def once(round_: int) -> float:
        names = [f"bench-portal-{round_}-{n}" for n in range(batch)]
        numbers = product.ask_many(names)
        objects = [manifest for name in names for manifest in named(sample, name)]
        with meter.of("portal"):
            started = time.perf_counter()
            with ThreadPoolExecutor(POSTS_AT_ONCE) as threads:
                list(threads.map(product.approve, numbers))
            peer.confirm(objects)
            return time.perf_counter() - started

    return once


def _arm(peer: Peer, sample: list[Manifest], batch: int, prepare: Prepare, measured: Callable[[], AbstractContextManager[None]]) -> Arm:
    made = iter(range(10**6))

    def once(round_: int) -> float:
        names = [f"bench-peer-{id(made)}-{next(made)}" for _ in range(batch)]
        objects = [manifest for name in names for manifest in named(sample, name)]
        apply = prepare(objects)
        with measured():
            started = time.perf_counter()
            apply()
            peer.confirm(objects)
            return time.perf_counter() - started

    return once
