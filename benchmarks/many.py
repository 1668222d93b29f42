"""A thousand namespaces in one cluster, and the two figures that need them: a clean resync, and repairs while they are there."""

import json
import random
import subprocess
import sys
import time
from typing import Any

from benchmarks.figures import Figure, alternate
from benchmarks.peer import Manifest, Peer, named, path_of
from benchmarks.product import ROOT, Product

PREFIX = "bench-many"
HANDS: dict[str, Any] = {
    "ResourceQuota": {"spec": {"hard": {"pods": "9999", "requests.example.com/gpu": "8"}}},
    "LimitRange": {"spec": {"limits": [{"type": "Container", "default": {"cpu": "64"}}]}},
    "NetworkPolicy": {"spec": {"ingress": [{}], "egress": [{}], "policyTypes": ["Ingress", "Egress"]}},
    "RoleBinding": {"subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "mallory"}]},
}


def fill(product: Product, count: int) -> list[Manifest]:
    """Has `count` namespaces made; every object of theirs, by its manifest."""
    _run(product, "benchmarks.seed", "make", str(count), PREFIX)
    started = time.monotonic()
    while left := int(_run(product, "benchmarks.seed", "left", PREFIX)):
        print(f"  {left} of {count} namespaces are still being made ({time.monotonic() - started:.0f} s)", flush=True)
        time.sleep(5)
    first = product.call("admin", "GET", f"namespaces/?q={PREFIX}-0&page_size=1")["results"][0]
    sample = product.call("admin", "GET", f"namespaces/{first['id']}/manifests/")
    return [manifest for n in range(count) for manifest in named(sample, f"{PREFIX}-{n}")]


def _run(product: Product, module: str, *arguments: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, env=product.env, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


def resync(product: Product, peer: Peer, objects: list[Manifest], rounds: int) -> Figure:
    """A resync that finds nothing to do, against kubectl applying the same objects again."""
    seen: list[dict[str, Any]] = []
    before = peer.writes()
    # As a dry run, so that kubectl becomes no manager of the objects: what it saves by that, the writes to etcd, is to its advantage.
    kubectl = peer.apply_kubectl(objects, "--force-conflicts", "--dry-run=server")

    def ours(round_: int) -> float:
        seen.append(json.loads(_run(product, "benchmarks.resync_once")))
        return float(seen[-1]["seconds"])

    def theirs(round_: int) -> float:
        started = time.perf_counter()
        kubectl()
        return time.perf_counter() - started

    samples = alternate({"portal": ours, "kubectl": theirs}, rounds)
    written = peer.writes() - before
    last = seen[-1]
    notes = [
        f"One resync compared {last['objects']} objects by {last['requests']} requests; {last['differing']} owners differed; "
        f"{written} applies, patches and deletions reached the API server meanwhile. "
        "kubectl ran as a server-side dry run, which spares it the writes to etcd.",
    ]
    return Figure("resync", "s", f"{len(objects)} objects, nothing changed", samples, "portal", {"kubectl": 0.05}, notes)


def repair(peer: Peer, objects: list[Manifest], changes: int) -> Figure:
    """From the answer to a change by hand to the GET that finds it undone; `changes` times, one after the other, seeded."""
    dice = random.Random(20260101)  # noqa: S311 - chooses what is changed
    candidates = [manifest for manifest in objects if manifest["kind"] in HANDS]
    seconds = []
    for _ in range(changes):
        seconds.append(_repaired(peer, dice.choice(candidates)))
        time.sleep(0.05)
    ordered = sorted(seconds)
    p50, p99 = (ordered[max(0, int(len(ordered) * part) - 1)] * 1000 for part in (0.5, 0.99))
    notes = [f"p50 {p50:.0f} ms, p99 {p99:.0f} ms (bound: 250 ms), slowest {ordered[-1] * 1000:.0f} ms."]
    return Figure("repair", "s", f"{changes} changes by hand among {len(objects)} objects", {"portal": seconds}, "portal", {}, notes)


def _repaired(peer: Peer, manifest: Manifest) -> float:
    path = path_of(manifest)
    before = content(peer, path)
    status, answer = peer.send("PATCH", path + "?fieldManager=hand", HANDS[manifest["kind"]], "application/merge-patch+json")
    started = time.perf_counter()
    if status != 200:
        raise SystemExit(f"the hand's PATCH of {path} was answered with {status}: {answer}")
    while content(peer, path) != before:
        if time.perf_counter() - started > 60:
            raise SystemExit(f"{path} was not repaired within 60 s")
        time.sleep(0.002)
    return time.perf_counter() - started


def content(peer: Peer, path: str) -> Any:
    """What an object says, without what the server and its managers write beside it."""
    live = peer.send("GET", path)[1]
    return {key: value for key, value in live.items() if key not in ("metadata", "status")}
