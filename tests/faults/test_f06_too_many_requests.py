"""F6: the API server asks one tenant for patience."""

import time

import pytest

from reconcile.clock import database_now
from reconcile.engine import reconcile
from tests.faults.engine_room import settle, work
from tests.faults.rules import status

SECONDS = 4


@pytest.mark.parametrize("code", [429, 503])
def test_retry_after_is_obeyed_and_other_tenants_are_served_meanwhile(code, cast, proxy, judge):
    slow, other = cast.namespace(), cast.namespace()
    mine = f"/namespaces/{slow.name}/resourcequotas"
    refused = proxy.fault(status(code, "too busy", retry_after=SECONDS), path=mine, nth=1)
    reconcile("namespace", slow.pk)
    asked = time.monotonic()
    slow.refresh_from_db()
    assert slow.observed_generation == 0
    assert (slow.next_reconcile_at - database_now()).total_seconds() > SECONDS - 1
    assert settle(other) < 2
    while not slow.settled:
        assert time.monotonic() - asked < SECONDS + 5
        work()
        time.sleep(0.05)
        slow.refresh_from_db()
    again = proxy.since(path=mine)[1]
    assert refused.fired == 1
    assert again.at - asked >= SECONDS - 0.1
    judge.agrees()
