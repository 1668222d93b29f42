"""`python -m scripts.bootstrap run|dev|models`: what `make run`, `make test` or the model server needs; a failure is one line."""

import sys

from scripts.bootstrap.assets import ensure_assets
from scripts.bootstrap.environment import ensure_packages
from scripts.bootstrap.steps import Stop
from scripts.bootstrap.translations import ensure_translations


def main(kind: str) -> int:
    """Makes the checkout ready for `kind`; the exit status."""
    try:
        ensure_packages(kind)
        if kind != "models":
            ensure_assets()
            ensure_translations()
    except Stop as stop:
        print(f"slipway: {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("slipway: interrupted; run make again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
