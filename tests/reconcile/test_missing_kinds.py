"""F27 for rows inside a namespace: a kind that is not installed waits with its reason while the rest applies, and goes on when it comes."""

import datetime as dt
import time
from contextlib import contextmanager

import pytest

from clusters.models import Cluster, Drift, Observed
from kube.errors import ApiError
from kube.inventory import Ref
from kube.kinds import path_of
from reconcile.due import due
from reconcile.engine import reconcile
from tenants.models import Namespace
from tests.clusters.watching import get, sweeping, until, watching, working
from tests.kube import definitions
from tests.reconcile.guests import limits
from tests.reconcile.test_inside import doom, entry, names, run

ROUTE = definitions.route()


@pytest.fixture
def without_routes(hand):
    definitions.uninstall(hand, ROUTE)
    yield
    definitions.uninstall(hand, ROUTE)


def route(name="iris"):
    spec = {"parentRefs": [{"name": "gate"}], "rules": [{"backendRefs": [{"name": "iris", "port": 80, "weight": 80}]}]}
    return {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": name}, "spec": spec}


@pytest.fixture
def waiting(guest, guests, without_routes, monkeypatch):
    """A guest of which all but the route is confirmed."""
    monkeypatch.setattr(guests, "follows_cluster", True, raising=False)
    guests.wanted = [limits("a"), route()]
    outcome = run(guest)
    assert (outcome.state, outcome.reason) == ("waiting", "KindMissing")
    return guest


def test_the_rest_applies_and_the_missing_kind_is_named(waiting, hand):
    assert get(hand, entry(waiting, "a"))
    assert (entry(waiting, "a")["state"], entry(waiting, "iris")["state"]) == ("created", "waiting")
    assert "HTTPRoute" in waiting.condition("Applied")["message"]
    assert (waiting.observed_generation, waiting.failures) == (0, 0)


def test_what_waits_is_not_tried_again_and_again(waiting, guests, monkeypatch):
    api, sent = guests.connect(waiting), []
    call = api.call
    monkeypatch.setattr(api, "call", lambda method, path, **options: sent.append((method, path)) or call(method, path, **options))
    rests = []
    for waited in (0, 5, 20, 3600):
        since = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=waited)
        Namespace.objects.filter(pk=waiting.pk).update(
            conditions=[{**waiting.condition("Applied"), "lastTransitionTime": since.isoformat()}]
        )
        run(waiting)
        rests.append(round((waiting.next_reconcile_at - waiting.reconciled_at).total_seconds()))
    assert rests[0] <= 2 and 5 <= rests[1] <= 7 and 20 <= rests[2] <= 22 and rests[3] == 30
    assert [path for method, path in sent if method == "PATCH" and "limitranges" in path] == [], "what stands is left alone"


def test_it_goes_on_by_itself_when_the_kind_comes_and_again_when_it_went(waiting, guests, hand, cluster, monkeypatch):
    monkeypatch.setattr("clusters.observation.feed.ABSENT_SECONDS", 0.3)
    row = Namespace.objects.filter(pk=waiting.pk)
    with sweeping(lambda: look(guests)), watching(cluster) as watcher:
        definitions.install(hand, ROUTE)
        until(lambda: watcher.tick() or row.filter(observed_generation=waiting.generation).exists(), "the row is confirmed", 25)
        waiting.refresh_from_db()
        made = entry(waiting, "iris")
        assert get(hand, made)["metadata"]["uid"] == made["uid"]
        until(lambda: Observed.objects.filter(kind="HTTPRoute").exists(), "the route is observed")
        definitions.uninstall(hand, ROUTE)
        until(lambda: watcher.tick() or not Observed.objects.filter(kind="HTTPRoute").exists(), "its observation is gone", 25)
        until(lambda: (row.get().condition("Applied") or {}).get("reason") == "KindMissing", "the condition tells it", 25)
        assert Cluster.objects.get().stale_since is None
        definitions.install(hand, ROUTE)
        until(lambda: watcher.tick() or row.get().condition("Applied")["status"] == "True", "the row is confirmed again", 25)
        until(lambda: not Drift.objects.open().exists(), "nothing is left to be repaired", 25)


def test_a_quiet_cluster_without_the_kind_is_left_alone(waiting, guests, hand, cluster, monkeypatch):
    monkeypatch.setattr("clusters.observation.feed.ABSENT_SECONDS", 0.2)
    before = get(hand, entry(waiting, "a"))["metadata"]["resourceVersion"]
    with working(monkeypatch) as woken, watching(cluster) as watcher:
        time.sleep(2)
        watcher.tick()
        assert woken.empty()
        assert {feed.kind[1]: feed.absent for feed in watcher.feeds}["HTTPRoute"] == "missing"
        assert all(feed.down_since is None for feed in watcher.feeds)
    assert get(hand, entry(waiting, "a"))["metadata"]["resourceVersion"] == before


def test_a_deletion_is_over_although_a_kind_is_not_installed(waiting, hand):
    doom(waiting)
    assert run(waiting).state == "removed"


def test_an_object_whose_kind_is_not_served_at_the_moment_is_not_taken_for_deleted(waiting, guests, hand, monkeypatch):
    definitions.install(hand, ROUTE)
    assert run(waiting).state == "done"
    route_path = path_of(Ref.of(entry(waiting, "iris")))
    doom(waiting)
    with not_served(guests.connect(waiting), route_path, monkeypatch):
        outcome = run(waiting)
    assert (outcome.state, outcome.reason) == ("waiting", "KindMissing")
    assert names(waiting) == {"iris"}
    assert run(waiting).state == "removed"


def look(kind):
    """Does what is due of the guests."""
    for pk in due(Namespace).filter(name__startswith="guest-").values_list("pk", flat=True):
        reconcile(kind.name, pk)


@contextmanager
def not_served(api, path, monkeypatch):
    """The server answers for this path as one that has just started and does not know the kind yet."""
    call = api.call

    def refuse(method, where, **options):
        if where == path:
            raise ApiError(404, "NotFound", "the server could not find the requested resource", details={"group": "x", "kind": "y"})
        return call(method, where, **options)

    with monkeypatch.context() as patch:
        patch.setattr(api, "call", refuse)
        yield
