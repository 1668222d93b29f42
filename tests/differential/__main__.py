"""`python -m tests.differential --seed N --calls 500 --rounds K [--all] [--shrink]`: both servers must agree on random calls."""

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from tests.differential.servers import both
from tests.differential.shrink import fewest


def main() -> int:
    """0 if both servers agreed in every round."""
    options = _options()
    failed = 0
    with (
        tempfile.TemporaryDirectory(prefix="differential-") as folder,
        both(Path(folder), options.kinds.split(",") if options.kinds else ()) as pair,
    ):
        for seed in range(options.seed, options.seed + options.rounds):
            found = pair.differences(pair.draw(seed, options.calls), "space")
            print(f"seed {seed}: {options.calls} calls, {len(found)} differences", flush=True)
            for difference in found if options.all else found[:1]:
                print("\n".join(difference.lines()), flush=True)
            if found and options.shrink:
                needed = fewest(pair, pair.draw(seed, options.calls), found[0])
                print("\n".join(["  the fewest calls that show it:", *[f"    {call}" for call in needed]]), flush=True)
            failed += bool(found)
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.differential")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="of the first round; default: a new one")
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=1, help="each with the next seed")
    parser.add_argument("--kinds", default="", help="such as Pod,Service; default: all that the real server serves")
    parser.add_argument("--all", action="store_true", help="print every difference and not only the first")
    parser.add_argument("--shrink", action="store_true", help="reduce the first failure to the fewest calls")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
