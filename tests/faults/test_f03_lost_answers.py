"""F3: the API server has carried a call out and its answer is lost."""

from audit.models import Entry
from tenants.models import Namespace
from tests.faults.engine_room import again, settle, work
from tests.faults.rules import drop

MUTATING = "POST|PATCH|DELETE"


def lose_each_answer(cast, proxy):
    """One namespace for each mutating call of a provisioning, with that call's answer lost in its first attempt."""
    first = cast.namespace()
    proxy.forget()
    settle(first)
    rows = []
    for number in range(1, len(proxy.mutations()) + 1):
        row = cast.namespace()
        proxy.heal()
        rule = proxy.fault(drop(), verb=MUTATING, nth=number, when="after")
        work()
        assert rule.fired == 1
        row.refresh_from_db()
        assert row.observed_generation == 0, f"call {number} was never answered and is confirmed"
        rows.append(row)
        proxy.heal()
        settle(row, seconds=8)
    return rows


def test_a_call_whose_answer_was_lost_is_not_carried_out_twice(cast, proxy, judge, monkeypatch):
    monkeypatch.setattr("clusters.breaker.SPREAD_SECONDS", 0.0)
    rows = lose_each_answer(cast, proxy)
    assert len(rows) >= 16
    judge.agrees()
    applied = Entry.objects.filter(action="request.applied", subject_id__in=[str(row.request_id) for row in rows])
    assert applied.count() == len(rows)


def test_the_retry_after_a_lost_answer_writes_nothing_that_was_written(cast, proxy, judge, hand):
    namespace = cast.namespace()
    path = f"/api/v1/namespaces/{namespace.name}/limitranges/slipway-limits"
    proxy.fault(drop(), verb="PATCH", path="/limitranges/", nth=1, when="after")
    work()
    first = hand.request("GET", path)["metadata"]
    proxy.heal()
    assert settle(namespace) < 5
    second = hand.request("GET", path)["metadata"]
    assert (first["uid"], first["resourceVersion"]) == (second["uid"], second["resourceVersion"])
    before = judge.rest()
    for _ in range(3):
        again(namespace)
    assert judge.versions() == before
    assert Namespace.objects.get(pk=namespace.pk).failures == 0
    judge.agrees()
