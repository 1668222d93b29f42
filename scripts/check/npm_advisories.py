"""npm audit over package-lock.json: what the portal serves to browsers."""

import json
import shutil
import subprocess
import sys
from typing import Any

from scripts.check.advisories import Audit, report
from scripts.check.gates import ROOT

SECONDS = 60


def audit() -> Audit:
    """Asks the registry about the locked packages."""
    npm = shutil.which("npm")
    if not npm:
        return Audit("npm audit", unknown="no npm on this machine")
    try:
        done = subprocess.run([npm, "audit", "--json"], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS)
        return read(json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        return Audit("npm audit", unknown=f"no answer in {SECONDS} s")
    except json.JSONDecodeError:
        return Audit("npm audit", unknown=(done.stderr.strip().splitlines() or ["no answer"])[-1])


def read(answer: dict[str, Any]) -> Audit:
    """npm's JSON as an Audit."""
    if "vulnerabilities" not in answer:
        return Audit("npm audit", unknown=str(answer.get("message", "no answer")).split(" - ")[0])
    return Audit("npm audit", [f"{name} {hit['range']}: {hit['severity']}" for name, hit in answer["vulnerabilities"].items()])


if __name__ == "__main__":
    sys.exit(report(audit()))
