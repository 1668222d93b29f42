"""`python -m tests.soak [--seconds 300] [--seed N]`: on a real control plane where KUBEBUILDER_ASSETS is set, else on the sandbox."""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.faults.judge import Judge
from tests.faults.oracle_cluster import Cluster
from tests.soak.acts import Acts
from tests.supervisor.quickstart import QuickStart

CONVERGE_SECONDS = 90.0
STILL_SECONDS = 12.0
FURNISHED = "kserve/ConfigMap/inferenceservice-config"  # the last thing that the simulators bring along
SHORT = {"SLIPWAY_LEASE_SECONDS": "3", "SLIPWAY_RESYNC_SECONDS": "3", "SLIPWAY_BACKOFF_CAP_SECONDS": "5", "SLIPWAY_API_RATE": "100000/min"}


def soak(acts: Acts, seconds: float) -> Counter[str]:
    """Acts at random times; how often each was done."""
    done: Counter[str] = Counter()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        what = acts.any()
        done[what.split()[0]] += 1
        print(f"  {what}", flush=True)
        time.sleep(acts.chance.uniform(0.1, 1.5))
    return done


def furnished(cluster: Cluster) -> None:
    """Returns when the simulators have brought what they bring: which they do after the start. AssertionError if they never do."""
    deadline = time.monotonic() + CONVERGE_SECONDS
    while FURNISHED not in cluster.everything():
        assert time.monotonic() < deadline, f"{FURNISHED} never came"
        time.sleep(0.2)


def complaints_after(judge: Judge) -> tuple[list[str], float]:
    """What is wrong once things had their time to come right, and how long that took."""
    begin = time.monotonic()
    while (found := judge.complaints()) and time.monotonic() - begin < CONVERGE_SECONDS:
        time.sleep(0.5)
    return found, time.monotonic() - begin


def restless(judge: Judge) -> list[str]:
    """Objects that are still written to although nothing happens; what was approved last may first come to an end."""
    deadline = time.monotonic() + CONVERGE_SECONDS
    while True:
        before = judge.versions()
        time.sleep(STILL_SECONDS)
        moved = [key for key, version in judge.versions().items() if before.get(key) != version]
        if not moved or time.monotonic() > deadline:
            return moved


def main() -> int:
    """The exit status: 0 when rows, objects and audit entries agree and nothing is written any more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    assets = {"KUBEBUILDER_ASSETS": os.environ["KUBEBUILDER_ASSETS"]} if os.environ.get("KUBEBUILDER_ASSETS") else {}
    print(f"soak: {options.seconds:.0f} s, seed {options.seed}, on {'a real control plane' if assets else 'the sandbox'}", flush=True)
    with tempfile.TemporaryDirectory(prefix="slipway-soak-") as folder:
        portal = QuickStart(Path(folder) / "var", **SHORT, **assets)
        try:
            return _verdict(portal.ready(), random.Random(options.seed), options.seconds)  # noqa: S311  a seed, not a secret
        finally:
            portal.close()


def _verdict(portal: QuickStart, chance: random.Random, seconds: float) -> int:
    with Judge(portal.home / "kubeconfig", f"sqlite:///{portal.home / 'slipway.sqlite3'}") as judge:
        acts = Acts(portal, chance)
        furnished(acts.cluster)
        judge.remember()
        done = soak(acts, seconds)
        found, after = complaints_after(judge)
        moved = [] if found else restless(judge)
        found = found or judge.complaints()
        objects = len(judge.versions())
    for line in [*found, *(f"{key} is written again and again" for key in moved)]:
        print(f"soak: {line}")
    print(f"soak: {dict(done)}; {'agrees' if not found else 'DISAGREES'} after {after:.1f} s; {objects} objects, {len(moved)} restless")
    return 1 if found or moved else 0


if __name__ == "__main__":
    sys.exit(main())
