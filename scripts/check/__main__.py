"""`python -m scripts.check [name ...]`: runs the gates, shows what failed, exits non-zero when one did."""

import os
import subprocess
import sys
import tempfile
import time

from scripts.check.gates import ROOT, Gate, gates


def passes(gate: Gate, home: str) -> bool:
    """Runs one gate with a data folder of its own, so that the quick start's data are not touched."""
    start = time.monotonic()
    env = {**os.environ, "PORTAL_HOME": home, "DATABASE_URL": "", "REDIS_URL": ""}
    done = subprocess.run(gate.command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {gate.name} ({time.monotonic() - start:.0f} s)", flush=True)
    if done.returncode or gate.loud:
        print(done.stdout.rstrip(), flush=True)
    return done.returncode == 0


def main(names: list[str]) -> int:
    """Runs all gates, or those named; the exit status."""
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        failed = [gate.name for gate in gates() if (not names or gate.name in names) and not passes(gate, home)]
    print(f"make check: {'failed: ' + ', '.join(failed) if failed else 'all gates passed'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
