"""What every test may rely on."""

from collections.abc import Iterator

import hypothesis
import pytest
from django.core.cache import caches
from django.db import connection
from django.utils import translation

from audit import append_only
from tests.tiers import pytest_collection_modifyitems as pytest_collection_modifyitems
from tests.tiers import pytest_terminal_summary as pytest_terminal_summary

# A machine that runs other things besides is slow at times: that is no fault of the code under test.
hypothesis.settings.register_profile("slipway", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("slipway")

REMOVED: set[str] = set()
TRANSACTIONAL_FIXTURES = {"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}


@pytest.fixture(autouse=True)
def emptiable_audit(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that commits is followed by a flush, which on SQLite is a DELETE: the audit triggers stand aside for that alone.

    The flush comes after this, so that they are put back before the next test, whichever that is.
    """
    if is_transactional(request):
        request.getfixturevalue("transactional_db")
        append_only.install(connection)
        yield
        append_only.remove(connection)
        REMOVED.add(connection.alias)
        return
    if REMOVED and uses_database(request):
        request.getfixturevalue("db")
        append_only.install(connection)
    yield


@pytest.fixture(autouse=True)
def quiet_throttles() -> None:
    """No test meets the counts of the one before."""
    caches["local"].clear()


@pytest.fixture(autouse=True)
def no_language() -> None:
    """A page in Chinese leaves its language in the thread: the next test begins in the default one."""
    translation.deactivate()


def uses_database(request: pytest.FixtureRequest) -> bool:
    return request.node.get_closest_marker("django_db") is not None or "db" in request.fixturenames


def is_transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    by_marker = marker is not None and bool(marker.kwargs.get("transaction") or any(marker.args))
    return by_marker or bool(TRANSACTIONAL_FIXTURES & set(request.fixturenames))
