"""F27 for deployments: a kind that they are made of is not installed, and comes back. The rest stays, and nobody has to click."""

from contextlib import contextmanager

import pytest

from clusters.models import Cluster
from clusters.serving import serving_of
from reconcile.backlog import work_off
from tests.clients import session_client
from tests.clusters.watching import sweeping, until, watching
from tests.faults.deployments.conftest import ROUTED
from tests.faults.deployments.scene import DEFINITIONS, applied, attempt, begin, entries, known_kinds, live, make, states, tried_in
from tests.kube import definitions

pytestmark = pytest.mark.django_db(transaction=True)

SERVICE, MONITOR = "InferenceService", "ServiceMonitor"


@pytest.fixture
def take_away(hand, judge):
    """Uninstalls a kind, and with it all objects of it; whatever is away after the test comes back."""
    taken = []

    def take(kind):
        taken.append(kind)
        definitions.uninstall(hand, DEFINITIONS[kind])
        # What other tests had left of it has gone with it.
        judge.remember()

    yield take
    for kind in taken:
        bring_back(hand, kind)


def bring_back(hand, kind):
    definitions.install(hand, DEFINITIONS[kind])


@pytest.fixture
def eager(monkeypatch):
    """A watcher that looks for what is missing more often than every few seconds."""
    monkeypatch.setattr("clusters.observation.feed.ABSENT_SECONDS", 0.3)
    monkeypatch.setattr("clusters.observation.watcher.SERVING_EVERY", 0.3)


@contextmanager
def attended(cluster):
    """With a watcher and a worker; yields a wait that has the watcher tick."""
    with sweeping(lambda: work_off(1)), watching(cluster) as watcher:
        yield lambda happened, what: until(lambda: watcher.tick() or happened(), what, 25)


def uids(hand, row):
    return {kind: thing["metadata"]["uid"] for kind in entries(row) if (thing := live(hand, row, kind))}


def serves(cluster, *kinds):
    """What the watcher has last read of the cluster."""
    known = serving_of(Cluster.objects.get(pk=cluster.pk))
    return {"InferenceService", *known.kinds} if known.installed else set(known.kinds)


@pytest.mark.parametrize("kind", [SERVICE, MONITOR])
def test_a_part_of_a_missing_kind_waits_with_its_reason_while_the_rest_applies(kind, cast, cluster, judge, proxy, hand, take_away):
    row = begin(cast)
    take_away(kind)
    proxy.forget()
    outcome = attempt(row)
    assert (outcome.state, outcome.reason) == ("waiting", "KindMissing")
    assert {each for each, state in states(row).items() if state == "created"} == known_kinds(cluster) - {kind}
    assert f"{kind} {entries(row)[kind]['name']}: The cluster does not know" in applied(row)["message"]
    told = session_client(cast.alice).get(f"/api/v1/deployments/{row.pk}/").json()["health"]
    assert (told["state"], told["reason"]) == ("waiting", "KindMissing")
    assert (row.observed_generation, row.failures) == (0, 0)
    assert tried_in(row) <= 30
    assert len(proxy.since(path=DEFINITIONS[kind]["spec"]["names"]["plural"] + "/")) == 1, "one look"
    judge.agrees()
    bring_back(hand, kind)
    assert attempt(row).state == "done"
    judge.agrees()


@pytest.mark.parametrize("corrections", [ROUTED, {}], ids=["routes", "canaries"])
def test_what_serves_comes_back_with_its_kind_and_nothing_else_was_touched(corrections, cast, cluster, judge, hand, take_away, eager):
    Cluster.objects.update(serving_override=corrections)
    served = make(cast)
    with attended(cluster) as wait:
        before = uids(hand, served)
        take_away(SERVICE)
        wait(lambda: applied(served)["reason"] == "KindMissing", "the condition tells it")
        wait(lambda: SERVICE not in serves(cluster), "the watcher knows that KServe is gone")
        wait(lambda: not served.next_reconcile_at or tried_in(served) > 0.3, "the worker is done")
        others = {kind: uid for kind, uid in before.items() if kind != SERVICE}
        assert {kind: uid for kind, uid in uids(hand, served).items() if kind != SERVICE} == others
        assert applied(served)["reason"] == "KindMissing"
        bring_back(hand, SERVICE)
        wait(lambda: applied(served)["status"] == "True" and SERVICE in uids(hand, served), "it serves again")
        after = uids(hand, served)
    assert after.pop(SERVICE) != before[SERVICE]
    assert after == others
    judge.agrees()


def test_metrics_come_back_with_their_kind(served, cluster, judge, hand, take_away, eager):
    with attended(cluster) as wait:
        before = uids(hand, served)
        take_away(MONITOR)
        wait(lambda: MONITOR not in serves(cluster), "the watcher knows that the kind is gone")
        others = {kind: uid for kind, uid in before.items() if kind != MONITOR}
        wait(lambda: applied(served)["status"] == "True" and MONITOR not in entries(served), "the rest is confirmed")
        assert uids(hand, served) == others
        judge.agrees()
        bring_back(hand, MONITOR)
        wait(lambda: states(served).get(MONITOR) in ("created", "changed", "unchanged"), "it is read again")
        after = uids(hand, served)
    assert after.pop(MONITOR) != before[MONITOR]
    assert after == others
    judge.agrees()
