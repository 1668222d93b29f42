"""Closes a CI run: the table *tier | ran | skipped | again* from the JUnit files, and a failure for each skip that nobody has allowed.

What failed beside others and passed alone is in `TIER.again.xml`: no failure, but it is named.
"""

import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ALLOWED = ROOT / "tests" / "allowed_skips.txt"


@dataclass
class Tier:
    """One JUnit file's sums; `skips` are (test, reason), `failed` the tests' names, `again` those of them that passed alone."""

    name: str
    ran: int = 0
    failed: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    skips: list[tuple[str, str]] = field(default_factory=list)


def read(report: Path) -> Tier:
    """A JUnit file as a Tier, named after the file, with what a second file beside it says of its failures."""
    tier, second = Tier(report.stem), report.with_suffix(".again.xml")
    for name, case in _cases(report):
        skipped = case.find("skipped")
        if skipped is not None and skipped.get("type") != "pytest.xfail":
            tier.skips.append((name, skipped.get("message", "")))
            continue
        tier.ran += 1
        if not _passed(case):
            tier.failed.append(name)
    alone = {name for name, case in _cases(second) if _passed(case)} if second.exists() else set()
    tier.again = [name for name in tier.failed if name in alone]
    tier.failed = [name for name in tier.failed if name not in alone]
    return tier


def _cases(report: Path) -> Iterator[tuple[str, ET.Element]]:
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314  pytest wrote it
        # Of a test in a group pytest-xdist writes the group behind its name.
        yield f"{case.get('classname')}::{str(case.get('name')).partition('@')[0]}", case


def _passed(case: ET.Element) -> bool:
    return all(case.find(word) is None for word in ("failure", "error", "skipped"))


def allowed(path: Path = ALLOWED) -> dict[str, str]:
    """Patterns of tests that may skip, with the reason; a line without a reason allows nothing."""
    lines = (line.partition("|") for line in path.read_text().splitlines() if line.strip() and not line.startswith("#"))
    return {pattern.strip(): reason.strip() for pattern, _bar, reason in lines if reason.strip()}


def faults(tiers: list[Tier], wanted: list[str], permitted: dict[str, str]) -> list[str]:
    """What makes the run fail: a tier that did not run, a failure, a skip without permission."""
    known = {tier.name: tier for tier in tiers}
    found = [f"tier {name} did not run" for name in wanted if name not in known or not known[name].ran]
    found += [f"tier {tier.name}: {len(tier.failed)} failed" for tier in tiers if tier.failed]
    for tier in tiers:
        for test, reason in tier.skips:
            if not any(fnmatchcase(test, pattern) for pattern in permitted):
                found.append(f"tier {tier.name}: {test} was skipped and tests/allowed_skips.txt does not name it ({reason})")
    return found


def table(tiers: list[Tier]) -> str:
    """The closing table, and what passed only alone."""
    rows = [("tier", "ran", "skipped", "again")]
    rows += [(tier.name, str(tier.ran), str(len(tier.skips)), str(len(tier.again))) for tier in tiers]
    lines = [f"{name:<16} | {ran:>6} | {skipped:>7} | {again:>5}" for name, ran, skipped, again in rows]
    return "\n".join([*lines, *(f"failed beside others, passed alone: {name}" for tier in tiers for name in tier.again)])


def main(folder: str, wanted: list[str]) -> int:
    """Reads every JUnit file of `folder`; the exit status."""
    tiers = [read(report) for report in sorted(Path(folder).glob("*.xml")) if not report.name.endswith(".again.xml")]
    found = faults(tiers, wanted, allowed())
    print("\n".join([table(tiers), *found]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
