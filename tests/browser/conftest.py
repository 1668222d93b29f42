"""One portal and one Chromium for the folder, and the people of each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, StorageState, expect, sync_playwright

from tests import tiers
from tests.browser import walks
from tests.browser.admin import ClusterAdmin
from tests.browser.crowd import Crowd, Visit
from tests.supervisor.quickstart import QuickStart

PATIENCE = 30_000
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


# The scope of these is the folder: while Playwright runs, this thread has an event loop, and Django's database would refuse to
# work in a test of another folder.
@pytest.fixture(scope="package")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickStart]:
    """`manage.py up` on empty data: SQLite, its own Redis, the sandbox."""
    started = QuickStart(tmp_path_factory.mktemp("browser") / "var")
    try:
        yield started.ready()
    finally:
        started.close()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser of $CHROMIUM, or the one on PATH."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tiers.chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def sessions() -> dict[str, StorageState]:
    """The cookies of those who signed in before."""
    return {}


@pytest.fixture
def crowd(chromium: Browser, portal: QuickStart, sessions: dict[str, StorageState]) -> Iterator[Crowd]:
    """The people of a test; afterwards no page may have complained."""
    people = Crowd(chromium, portal, sessions)
    yield people
    people.leave()
    assert not people.watch.complaints()


@pytest.fixture
def visit(crowd: Crowd) -> Visit:
    """`visit("alice")`: her page, signed in."""
    return crowd.visit


@pytest.fixture(scope="package")
def admin_of_cluster(portal: QuickStart) -> ClusterAdmin:
    """Whoever holds the sandbox's own kubeconfig."""
    return ClusterAdmin(portal.home / "kubeconfig")


@pytest.fixture(scope="package")
def space(chromium: Browser, portal: QuickStart, sessions: dict[str, StorageState]) -> str:
    """The name of a namespace of team vision that stands; asked for and approved by clicks, once."""
    people = Crowd(chromium, portal, sessions)
    walks.make_namespace(people.visit, "vision-common")
    people.leave()
    assert not people.watch.complaints()
    return "vision-common"
