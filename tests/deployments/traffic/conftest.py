"""A rollout that runs on a fake cluster, and one turn of the engine at it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deployments.models import Rollout
from deployments.traffic import ingress
from metrics.servers import asking
from reconcile.engine import reconcile
from reconcile.outcome import Outcome
from tests.deploying import make_deployment, make_rollout, settle
from tests.deployments.traffic.cluster import FakeCluster, measured_cluster
from tests.tenancy import make_due


@pytest.fixture
def rollout(db: Any) -> Rollout:
    """Twenty percent for the candidate; at most 5 % errors and 500 ms, from 100 requests per side on."""
    found = make_rollout(make_deployment(), max_errors=5, max_p99=500, min_requests=100)
    settle(found.deployment)
    return found


@pytest.fixture
def cluster(rollout: Rollout, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCluster]:
    """With a ready pod on each side and no ingress. A machine that does other things besides gets its time to answer."""
    monkeypatch.setattr(asking, "ANSWER_SECONDS", 5.0)
    monkeypatch.setattr(ingress, "ANSWER_SECONDS", 5.0)
    with measured_cluster(rollout) as fake:
        fake.pod("stable")
        fake.pod("candidate")
        yield fake


@pytest.fixture
def turn(rollout: Rollout) -> Callable[[], Outcome | None]:
    """One attempt of the engine at the rollout, as if its time had come."""

    def run() -> Outcome | None:
        make_due(rollout)
        outcome = reconcile("rollout", rollout.pk)
        rollout.refresh_from_db()
        return outcome

    return run
