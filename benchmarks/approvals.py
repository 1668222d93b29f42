"""From the HTTP POST of 50 approvals to the last object confirmed, against kubectl's server-side apply and raw concurrent PATCHes."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from benchmarks.figures import Arm, Figure, alternate
from benchmarks.peer import THREADS, Manifest, Peer, named
from benchmarks.product import Product

POSTS_AT_ONCE = 4


def run(product: Product, peer: Peer, *, batch: int, rounds: int) -> Figure:
    """The figure; each round of each arm makes `batch` namespaces of its own names."""
    sample = _sample(product, peer)
    arms = {
        "portal": _portal(product, peer, sample, batch),
        "kubectl": _arm(peer, sample, batch, lambda objects: peer.apply_kubectl(objects)),
        "kubectl --validate=false": _arm(peer, sample, batch, lambda objects: peer.apply_kubectl(objects, "--validate=false")),
        "raw PATCHes": _arm(peer, sample, batch, lambda objects: lambda: peer.apply_raw(objects)),
    }
    bounds = {"kubectl": 0.6, "kubectl --validate=false": 1.3, "raw PATCHes": 1.5}
    load = f"{batch} approvals, {batch * len(sample)} objects; {POSTS_AT_ONCE} approvals at once; raw: urllib3, {THREADS} threads"
    return Figure("approvals", "s", load, alternate(arms, rounds), "portal", bounds)


def _sample(product: Product, peer: Peer) -> list[Manifest]:
    number = product.approve(product.ask_many(["bench-sample"])[0])
    sample: list[Manifest] = product.call("alice", "GET", f"namespaces/{number}/manifests/")
    peer.confirm(sample)
    return sample


def _portal(product: Product, peer: Peer, sample: list[Manifest], batch: int) -> Arm:
    def once(round_: int) -> float:
        names = [f"bench-portal-{round_}-{n}" for n in range(batch)]
        numbers = product.ask_many(names)
        objects = [manifest for name in names for manifest in named(sample, name)]
        started = time.perf_counter()
        with ThreadPoolExecutor(POSTS_AT_ONCE) as threads:
            list(threads.map(product.approve, numbers))
        peer.confirm(objects)
        return time.perf_counter() - started

    return once


def _arm(peer: Peer, sample: list[Manifest], batch: int, prepare: Callable[[list[Manifest]], Callable[[], None]]) -> Arm:
    made = iter(range(10**6))

    def once(round_: int) -> float:
        names = [f"bench-peer-{id(made)}-{next(made)}" for _ in range(batch)]
        objects = [manifest for name in names for manifest in named(sample, name)]
        apply = prepare(objects)
        started = time.perf_counter()
        apply()
        peer.confirm(objects)
        return time.perf_counter() - started

    return once
