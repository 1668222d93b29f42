"""Random calls, of kept seeds and of new ones: the embedded server must answer as a real one does."""

import random
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.differential.calls import APPLY
from tests.differential.compare import Difference, Pair
from tests.differential.servers import both
from tests.differential.shrink import fewest

# Hundreds of calls to each of two servers, beside whatever else the machine does.
pytestmark = [pytest.mark.control_plane, pytest.mark.xdist_group("differential"), pytest.mark.timeout(400)]
SEEDS = Path(__file__).parent / "seeds.txt"
NEW_CALLS, NEW_SEEDS = 500, 4


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with both(tmp_path_factory.mktemp("differential")) as servers:
        yield servers


def test_both_servers_answer_alike_to_kept_calls(pair: Pair) -> None:
    kept = [line.split() for line in SEEDS.read_text().splitlines()]
    assert kept
    for seed, count in kept:
        _play(pair, int(seed), int(count))


def test_both_servers_answer_alike_to_new_calls(pair: Pair) -> None:
    seeds = random.Random(_commit()).sample(range(1_000_000), NEW_SEEDS)  # noqa: S311  chooses what is compared
    print(f"seeds of {NEW_CALLS} calls: {seeds}")
    for seed in seeds:
        _play(pair, seed, NEW_CALLS)


def _commit() -> str:
    """Every commit draws seeds of its own, and draws the same ones when it is run again; without a repository every run does."""
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=SEEDS.parent, capture_output=True, text=True, check=False)
    return head.stdout.strip() or secrets.token_hex(8)


def _play(pair: Pair, seed: int, count: int) -> None:
    calls = pair.draw(seed, count)
    appliers = {dict(call.query).get("fieldManager") for call in calls if call.content_type == APPLY}
    assert any(call.is_watch for call in calls)
    assert len(appliers) > 1
    found = pair.differences(calls, "space")
    if found:
        pytest.fail(_report(pair, seed, count, found[0]))


def _report(pair: Pair, seed: int, count: int, first: Difference) -> str:
    needed = fewest(pair, pair.draw(seed, count), first)
    shown = "\n".join(f"    {call}" for call in needed)
    keep = f"To keep it add the line `{seed} {count}` to {SEEDS.name}."
    return "\n".join([f"seed {seed} of {count} calls", *first.lines(), "the fewest calls that show it:", shown, keep])
