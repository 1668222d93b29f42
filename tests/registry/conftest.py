"""A registry of each test's own, and the catalogue that looks at it."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import LazySettings

from reconcile.clock import after
from reconcile.engine import reconcile
from reconcile.outcome import Outcome
from registry.address import CHANGE_KIND, KIND, ensure_registry
from registry.models import Change, Registry
from tests.registry.fake import FakeMlflow, serving

Sync = Callable[[], Outcome]


@pytest.fixture
def mlflow() -> FakeMlflow:
    """A fake MLflow with nothing in it."""
    return FakeMlflow()


@pytest.fixture
def registry(db: None, settings: LazySettings, mlflow: FakeMlflow) -> Iterator[Registry]:
    """The row of the fake's address."""
    with serving(mlflow) as address:
        settings.MLFLOW_TRACKING_URI = address
        settings.SLIPWAY = {**settings.SLIPWAY, "REQUEST_TIMEOUT_SECONDS": 1.0}
        found = ensure_registry()
        assert found is not None
        yield found


@pytest.fixture
def sync(registry: Registry) -> Sync:
    """One turn of the synchronisation, whenever it is next due."""

    def turn() -> Outcome:
        Registry.objects.update(next_reconcile_at=after(-1))
        outcome = reconcile(KIND, registry.pk)
        assert outcome is not None
        return outcome

    return turn


def carry_out(change: Change) -> Change:
    """One attempt at the change, whenever it is next due; the change as it is then."""
    Change.objects.filter(pk=change.pk, next_reconcile_at__isnull=False).update(next_reconcile_at=after(-1))
    reconcile(CHANGE_KIND, change.pk)
    change.refresh_from_db()
    return change
