"""A planted patch: lines of prose and `Test: <node id>` above an ordinary diff."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
HEADER = "Test:"


class Malformed(Exception):
    """The patch names no test, or is no diff."""


@dataclass(frozen=True)
class Patch:
    """`tests` are pytest node ids, all of which must turn red."""

    path: Path
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.path.stem


def read(path: Path) -> Patch:
    """One patch with the tests that its header names."""
    header, found, _diff = path.read_text().partition("\n--- ")
    tests = tuple(line.removeprefix(HEADER).strip() for line in header.splitlines() if line.startswith(HEADER))
    if not found or not tests:
        raise Malformed(f"{path.name}: a patch is `{HEADER} tests/...::test_name` above a diff that begins with `--- a/`")
    return Patch(path, tests)


def every(folder: Path = FOLDER) -> list[Patch]:
    """All patches, by name."""
    return [read(path) for path in sorted(folder.glob("*.patch"))]
