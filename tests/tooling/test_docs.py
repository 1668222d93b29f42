"""The documents name what exists, and everything that a reader must know exists in them."""

import re
from pathlib import Path

import pytest

from tests.tooling.conftest import ROOT

READ = re.compile(r'env\.(?:str|bool|int|float|list|log_level)\(\s*"(\w+)"|kept_secret\(\s*"(\w+)"|environ(?:\.get\(|\[)"(\w+)"')
NOT_SETTINGS = {"DJANGO_SETTINGS_MODULE", "PATH"}
# What a pod's environment tells the programs that stand behind the sandbox's images.
NOT_SETTINGS |= {"HOST", "PORT", "GREETING"}
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/settings.md", "helm/README.md")
LAYERS = (
    "portal",
    "deployments",
    "logs",
    "tenants",
    "diagnosis | metrics",
    "approvals",
    "clusters | registry",
    "reconcile",
    "accounts",
    "rest",
)


def sources() -> list[Path]:
    """The portal's and the sandbox's Python files."""
    return [
        path
        for path in ROOT.glob("*/**/*.py")
        if path.relative_to(ROOT).parts[0] not in (".venv", "node_modules", "tests", "scripts", "build", "var")
    ]


def test_every_setting_that_is_read_is_described_and_every_described_one_is_read() -> None:
    read = {name for path in sources() for match in READ.finditer(path.read_text()) for name in match.groups() if name} - NOT_SETTINGS
    described = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
    assert read - described == set()
    assert described - read == {"PYTHON", "WORKERS"}, "these two are make's"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_and_commands_that_a_document_names_exist(document: str) -> None:
    text = (ROOT / document).read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets
    named = re.findall(r"(?<![\w/.$])((?:docs|examples|tests|portal|reconcile|audit|helm)/[\w/.-]*\w)", text)
    absent = [name for name in named if not (ROOT / name).exists() and name not in ("docs/benchmarks.md", "reconcile/due.py")]
    assert absent == []


def test_the_drawn_layers_are_those_that_are_checked() -> None:
    drawn = [line.strip() for line in (ROOT / "ARCHITECTURE.md").read_text().splitlines() if line.strip() in LAYERS]
    assert drawn == list(LAYERS)
    contract = (ROOT / "pyproject.toml").read_text().partition('name = "Packages import downward only"')[2]
    assert re.findall(r'"([\w| ]+)"', contract.partition("layers = [")[2].partition("]")[0])[: len(LAYERS)] == drawn


def test_the_decision_records_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/adr").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1)) and numbers
