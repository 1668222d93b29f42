"""pip-audit over exactly what uv.lock pins."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from scripts.check.advisories import Audit, report
from scripts.check.gates import BIN, ROOT

SECONDS = 180


def audit() -> Audit:
    """Asks the advisory service about every pinned package."""
    with tempfile.NamedTemporaryFile(suffix=".txt") as pins:
        export: list[str | Path] = [
            BIN / "uv",
            "export",
            "-q",
            "--frozen",
            "--no-default-groups",
            "--group",
            "dev",
            "--no-emit-project",
            "-o",
            pins.name,
        ]
        subprocess.run(export, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return _ask(Path(pins.name))


def _ask(pins: Path) -> Audit:
    command: list[str | Path] = [
        BIN / "pip-audit",
        "-r",
        pins,
        "--require-hashes",
        "--disable-pip",
        "-f",
        "json",
        "--progress-spinner",
        "off",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return Audit("pip-audit", unknown=f"no answer in {SECONDS} s")
    try:
        return read(json.loads(done.stdout))
    except json.JSONDecodeError:
        return Audit("pip-audit", unknown=(done.stderr.strip().splitlines() or ["no answer"])[-1])


def read(answer: dict[str, Any]) -> Audit:
    """pip-audit's JSON as an Audit."""
    packages = answer["dependencies"]
    skipped = [package["name"] for package in packages if package.get("skip_reason")]
    found = [f"{package['name']} {package['version']}: {hit['id']}" for package in packages for hit in package.get("vulns", [])]
    unknown = f"{len(skipped)} of {len(packages)} packages are unknown to the service" if skipped else ""
    return Audit("pip-audit", found, unknown)


if __name__ == "__main__":
    sys.exit(report(audit()))
