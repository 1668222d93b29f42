"""Closes a CI run: the table *tier | ran | skipped* from the JUnit files, and a failure for each skip that nobody has allowed."""

import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ALLOWED = ROOT / "tests" / "allowed_skips.txt"


@dataclass
class Tier:
    """One JUnit file's sums; `skips` are (test, reason)."""

    name: str
    ran: int = 0
    failed: int = 0
    skips: list[tuple[str, str]] = field(default_factory=list)


def read(report: Path) -> Tier:
    """A JUnit file as a Tier, named after the file."""
    tier = Tier(report.stem)
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314  pytest wrote it
        skipped = case.find("skipped")
        if skipped is not None and skipped.get("type") != "pytest.xfail":
            tier.skips.append((f"{case.get('classname')}::{case.get('name')}", skipped.get("message", "")))
            continue
        tier.ran += 1
        tier.failed += case.find("failure") is not None or case.find("error") is not None
    return tier


def allowed(path: Path = ALLOWED) -> dict[str, str]:
    """Patterns of tests that may skip, with the reason; a line without a reason allows nothing."""
    lines = (line.partition("|") for line in path.read_text().splitlines() if line.strip() and not line.startswith("#"))
    return {pattern.strip(): reason.strip() for pattern, _bar, reason in lines if reason.strip()}


def faults(tiers: list[Tier], wanted: list[str], permitted: dict[str, str]) -> list[str]:
    """What makes the run fail: a tier that did not run, a failure, a skip without permission."""
    known = {tier.name: tier for tier in tiers}
    found = [f"tier {name} did not run" for name in wanted if name not in known or not known[name].ran]
    found += [f"tier {tier.name}: {tier.failed} failed" for tier in tiers if tier.failed]
    for tier in tiers:
        for test, reason in tier.skips:
            if not any(fnmatchcase(test, pattern) for pattern in permitted):
                found.append(f"tier {tier.name}: {test} was skipped and tests/allowed_skips.txt does not name it ({reason})")
    return found


def table(tiers: list[Tier]) -> str:
    """The closing table."""
    rows = [("tier", "ran", "skipped"), *((tier.name, str(tier.ran), str(len(tier.skips))) for tier in tiers)]
    return "\n".join(f"{name:<16} | {ran:>6} | {skipped:>7}" for name, ran, skipped in rows)


def main(folder: str, wanted: list[str]) -> int:
    """Reads every JUnit file of `folder`; the exit status."""
    tiers = [read(report) for report in sorted(Path(folder).glob("*.xml"))]
    found = faults(tiers, wanted, allowed())
    print("\n".join([table(tiers), *found]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
