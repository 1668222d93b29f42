"""F7: a while of 503s with many tenants; what follows is no herd."""

import time
from collections import Counter

import pytest

from clusters.breaker import probe_open_breakers
from reconcile.clock import database_now
from tenants.models import Namespace
from tests.faults.engine_room import settle, work
from tests.faults.rules import gateway, status

TENANTS = 24
OUTAGE_SECONDS = 4.0


@pytest.mark.timeout(120)
@pytest.mark.parametrize("answer", [gateway(503), status(503, "etcdserver: no leader")], ids=["gateway", "api server"])
def test_after_a_while_of_503s_all_tenants_come_back_soon_and_not_at_once(answer, cast, proxy, judge):
    rows = [cast.namespace() for _ in range(TENANTS)]
    settle(seconds=60)
    for row in rows:
        row.touch()
    proxy.forget()
    proxy.fault(answer)
    outage(proxy)
    asked = len(proxy.since())
    assert asked <= 4 + 3 * OUTAGE_SECONDS, f"{asked} calls into an outage"
    assert Namespace.objects.filter(failures__gt=0).count() == 0, "an outage is no tenant's failure"
    proxy.heal()
    ended = time.monotonic()
    returned = watch_return(rows)
    assert max(at - ended for at in returned.values()) < 10
    herd = Counter(int((at - ended) / 0.5) for at in returned.values())
    assert max(herd.values()) <= TENANTS / 2, f"a herd: {sorted(herd.items())}"
    judge.agrees()


def outage(proxy):
    """As sweep and workers spend it."""
    until = time.monotonic() + OUTAGE_SECONDS
    while time.monotonic() < until:
        work()
        probe_open_breakers()
        time.sleep(0.5)


def watch_return(rows):
    """When each tenant was released, by its row's next time on this machine's monotonic clock."""
    assert probe_open_breakers() <= 1
    now, here = database_now(), time.monotonic()
    planned = {row.pk: here + (row.next_reconcile_at - now).total_seconds() for row in Namespace.objects.exclude(next_reconcile_at=None)}
    assert len(planned) == len(rows)
    settle(seconds=30)
    return planned


def test_a_few_tenants_do_not_wait_for_a_herd(cast, proxy, judge):
    rows = [cast.namespace() for _ in range(3)]
    proxy.down()
    work()
    proxy.up()
    assert probe_open_breakers() == 1
    now = database_now()
    assert max((row.next_reconcile_at - now).total_seconds() for row in Namespace.objects.all()) <= 0.3
    assert settle(*rows) < 3
    judge.agrees()
