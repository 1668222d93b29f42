"""`python -m benchmarks.sandbox [--quick]`: measures the embedded API server and prints the figures; `make bench` publishes them."""

import argparse

from benchmarks.sandbox.run import figures


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sandbox")
    parser.add_argument("--quick", action="store_true", help="a small form, whose figures say little")
    for figure in figures(quick=parser.parse_args().quick):
        print("\n".join(figure.lines()))


if __name__ == "__main__":
    main()
