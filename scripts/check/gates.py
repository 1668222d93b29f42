"""The list of gates: a name, the command, and whether its output is shown although it passed."""

import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Gate:
    """One command that must exit with 0; `loud` shows its output also when it does."""

    name: str
    command: tuple[str, ...]
    loud: bool = False


def gates() -> list[Gate]:
    """Every gate, quick ones first. Bandit's low findings are left to ruff, which holds the same rules and takes their exceptions."""
    python = sys.executable
    return [
        Gate("lint", (_tool("ruff"), "check", ".")),
        Gate("format", (_tool("ruff"), "format", "--check", ".")),
        Gate("import contracts", (_tool("lint-imports"), "--no-cache")),
        Gate("migrations", (python, "manage.py", "makemigrations", "--check", "--dry-run")),
        Gate("Django's checks", (python, "manage.py", "check", "--fail-level", "WARNING")),
        Gate("API schema", (python, "manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", "build/schema.yml")),
        Gate("translations", (python, "-m", "scripts.translations", "check")),
        Gate("types", (_tool("mypy"), ".")),
        Gate("bandit", (_tool("bandit"), "-q", "-ll", "-ii", "-c", "pyproject.toml", "-r", ".")),
        Gate("Python advisories", (python, "-m", "scripts.check.python_advisories"), loud=True),
        Gate("npm advisories", (python, "-m", "scripts.check.npm_advisories"), loud=True),
    ]


def _tool(name: str) -> str:
    return str(BIN / name)
