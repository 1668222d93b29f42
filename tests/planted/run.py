"""`make planted`: each patch is planted in a copy of the tree, and the tests that it names must turn red, having been green before."""

import queue
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.planted.patches import Patch, every
from tests.planted.tree import DoesNotApply, Tree

TREES = 2


def judge(tree: Tree, patch: Patch) -> tuple[bool | None, str]:
    """True when the fault is caught, False when it is not, None when its tests cannot run here; with the reason."""
    before = tree.outcomes(patch.tests)
    if before["skipped"] and not before["failed"]:
        return None, "its tests skip on this machine"
    if before["failed"] or not before["passed"]:
        return False, f"its tests are not green without it: {before}, {tree.last_words}"
    try:
        tree.plant(patch.path)
    except DoesNotApply as reason:
        return False, f"does not apply: {reason}"
    after = tree.outcomes(patch.tests)
    tree.uproot(patch.path)
    missed = len(patch.tests) > 1 and after["failed"] < len(patch.tests)
    return (False, f"NOT CAUGHT: {after}") if missed or not after["failed"] else (True, f"caught by {', '.join(patch.tests)}")


def main(wanted: list[str]) -> int:
    """Judges all patches, or those whose name holds one of `wanted`; the exit status."""
    patches = [patch for patch in every() if not wanted or any(word in patch.name for word in wanted)]
    with tempfile.TemporaryDirectory(prefix="slipway-planted-") as folder:
        verdicts = _judge_all(patches, Path(folder))
    for patch, (caught, reason) in zip(patches, verdicts, strict=True):
        print(f"{ {True: 'ok     ', False: 'FAIL   ', None: 'SKIPPED'}[caught] } {patch.name}: {reason}")
    failed = sum(caught is False for caught, _ in verdicts)
    skipped = sum(caught is None for caught, _ in verdicts)
    print(f"planted: {len(patches)} faults, {len(patches) - failed - skipped} caught, {failed} failed, {skipped} skipped")
    return 1 if failed or not patches else 0


def _judge_all(patches: list[Patch], folder: Path) -> list[tuple[bool | None, str]]:
    trees: queue.Queue[Tree] = queue.Queue()
    for number in range(min(TREES, len(patches))):
        trees.put(Tree(folder / str(number)))

    def one(patch: Patch) -> tuple[bool | None, str]:
        tree = trees.get()
        try:
            return judge(tree, patch)
        finally:
            trees.put(tree)

    with ThreadPoolExecutor(TREES) as pool:
        return list(pool.map(one, patches))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
