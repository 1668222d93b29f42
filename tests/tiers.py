"""The tiers of the tests: what each needs, and one loud line for each that cannot run here."""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from importlib.util import find_spec

import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """The browser to start: $CHROMIUM, or the first on PATH; empty when there is none."""
    return shutil.which(os.environ["CHROMIUM"]) or "" if os.environ.get("CHROMIUM") else next(filter(None, map(shutil.which, CHROMIUM)), "")


def services() -> str:
    """Why the tier cannot run here; empty when it can."""
    return "" if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL") else "set DATABASE_URL (PostgreSQL) and REDIS_URL"


def control_plane() -> str:
    """Why the tier cannot run here; empty when it can."""
    return "" if os.environ.get("KUBEBUILDER_ASSETS") else "set KUBEBUILDER_ASSETS to a folder with etcd and kube-apiserver"


def browser() -> str:
    """Why the tier cannot run here; empty when it can."""
    return "" if chromium() else "install Chromium, or set CHROMIUM to it"


def registry() -> str:
    """Why the tier cannot run here; empty when it can."""
    return "" if find_spec("mlflow") else "install the dependency group `models`"


def kubectl() -> str:
    """Why the tier cannot run here; empty when it can."""
    return "" if shutil.which("kubectl") else "install kubectl"


TIERS: dict[str, Callable[[], str]] = {
    "services": services,
    "control_plane": control_plane,
    "browser": browser,
    "registry": registry,
    "kubectl": kubectl,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips the tests of each tier that cannot run here."""
    lacking = {tier: reason for tier, lacks in TIERS.items() if (reason := lacks())}
    for item in items:
        for tier in lacking.keys() & {mark.name for mark in item.iter_markers()}:
            item.add_marker(pytest.mark.skip(reason=f"tier {tier}: {lacking[tier]}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One loud line for each tier that was skipped."""
    skips = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", []) if isinstance(report.longrepr, tuple)]
    reasons = Counter(reason.removeprefix("Skipped: ") for reason in skips if "tier " in reason)
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"!!! {count} tests skipped, {reason} !!!", yellow=True, bold=True)
