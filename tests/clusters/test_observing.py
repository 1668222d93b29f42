"""What the writer makes of replays, late and hostile messages, and of a database that says no; without a cluster."""

import threading
import time

import pytest
from django.db import OperationalError

from clusters.models import Cluster, Event, Node, Observed, Pod
from clusters.observation import verdicts
from clusters.observation.feed import Feed
from clusters.observation.judge import judge
from clusters.observation.kinds import EVENT, NAMESPACE, NODE, POD
from clusters.observation.memory import Memory
from clusters.observation.messages import Changed, Listed, Snapshot
from clusters.observation.owners import owners_named
from clusters.observation.staleness import note_live, note_stale, notice_missing_watcher
from clusters.observation.supervisor import Supervisor
from clusters.observation.writer import Writer
from kube.errors import Unreachable
from reconcile.clock import after
from reconcile.leases import NamedLease
from reconcile.models import Heartbeat
from tenants.models import Namespace
from tests.clusters.watching import until
from tests.tenancy import make_cluster, make_namespace

QUOTA = ("v1", "ResourceQuota")


def thing(name="q", version=1, uid="u1", kind=QUOTA, namespace="team-a", owner="namespace.1", **more):
    metadata = {"name": name, "uid": uid, "resourceVersion": str(version), "labels": {"slipway.dev/owner": owner}}
    if kind != NAMESPACE:
        metadata["namespace"] = namespace
    return {"apiVersion": kind[0], "kind": kind[1], "metadata": metadata, **more}


def space(name="team-a", version=1, **more):
    return thing(name, version, uid=f"ns-{name}", kind=NAMESPACE, **more)


def pod(name="p", version=1, phase="Running", namespace="team-a"):
    return thing(
        name, version, uid=f"pod-{name}", kind=POD, namespace=namespace, spec={"containers": [{"name": "c"}]}, status={"phase": phase}
    )


def event(number, namespace="team-a", message="m", at="2026-01-01T00:00:00Z"):
    body = thing(f"e{number}", number, uid=f"e{number}", kind=EVENT, namespace=namespace)
    return {
        **body,
        "message": message,
        "reason": "R",
        "type": "Warning",
        "lastTimestamp": at,
        "involvedObject": {"kind": "Pod", "name": "p"},
    }


@pytest.fixture
def writer(db):
    writer = Writer(make_cluster())
    writer.process([Listed(NAMESPACE, [space()], "1")])
    return writer


def test_an_older_or_repeated_event_changes_nothing():
    memory = Memory()
    assert memory.see(thing(version=5)) is not None
    assert [memory.see(thing(version=version)) for version in (5, 4)] == [None, None]
    assert memory.see(thing(version=6)) is not None


def test_a_replay_does_not_bring_back_what_was_deleted():
    memory = Memory()
    memory.see(thing(version=5))
    assert memory.see(thing(version=7), gone=True).gone
    assert memory.see(thing(version=5)) is None
    assert memory.see(thing(version=9, uid="u2")) is not None
    assert memory.see(thing(version=7, uid="u1"), gone=True) is None


def test_a_list_of_a_restored_cluster_is_believed_although_it_is_older():
    memory = Memory()
    memory.see(thing("a", version=50))
    memory.see(thing("b", version=60))
    found = memory.replace(Listed(QUOTA, [thing("a", version=10)], "20"))
    assert {(sighting.ref.name, sighting.gone) for sighting in found} == {("a", False), ("b", True)}


def test_a_resyncs_list_does_not_undo_what_the_watch_has_newer():
    memory = Memory()
    memory.see(thing("old", version=3))
    memory.see(thing("new", version=40))
    memory.see(thing("changed", version=41))
    found = memory.compare(Listed(QUOTA, [thing("changed", version=5)], "30"))
    assert [(sighting.ref.name, sighting.gone) for sighting in found] == [("old", True)]
    assert {ref.name for ref in memory.known} == {"new", "changed"}


def test_a_rewritten_owner_label_does_not_change_whose_object_it_is():
    memory = Memory()
    memory.see(thing(version=1))
    assert memory.see(thing(version=2, owner="namespace.2")).owner == "namespace.1"


def test_pods_that_come_before_their_new_namespace_are_kept_for_it(writer):
    writer.process([Changed(POD, "ADDED", pod("early", namespace="team-b")), Changed(POD, "ADDED", pod("other", namespace="kube-system"))])
    assert not Pod.objects.exists()
    writer.process([Changed(NAMESPACE, "ADDED", space("team-b", 3, owner="namespace.2"))])
    assert list(Pod.objects.values_list("namespace", "name")) == [("team-b", "early")]


def test_a_list_of_pods_removes_the_rows_of_those_that_are_gone(writer):
    writer.process([Changed(POD, "ADDED", pod("a")), Changed(POD, "ADDED", pod("b"))])
    writer.process([Listed(POD, [pod("b", 2, "Failed")], "9")])
    assert list(Pod.objects.values_list("name", "phase")) == [("b", "Failed")]


def test_the_newest_of_one_batch_is_what_is_kept(writer):
    writer.process([Changed(POD, "ADDED", pod("a", 1, "Pending")), Changed(POD, "MODIFIED", pod("a", 2, "Running"))])
    assert Pod.objects.get().phase == "Running"
    writer.process([Changed(POD, "MODIFIED", pod("a", 3)), Changed(POD, "DELETED", pod("a", 4))])
    assert not Pod.objects.exists()


def test_events_of_a_namespace_are_bounded_and_the_newest_stay(writer):
    for start in range(0, 600, 60):
        writer.process([Changed(EVENT, "ADDED", event(n, at=f"2026-01-01T{n // 60:02}:{n % 60:02}:00Z")) for n in range(start, start + 60)])
    names = set(Event.objects.values_list("name", flat=True))
    assert 200 <= len(names) <= 260
    assert {f"e{n}" for n in range(400, 600)} <= names


def test_hostile_texts_are_stored_without_what_would_harm(writer):
    writer.process([Changed(EVENT, "ADDED", event(1, message="x\x00\x1b[31mred\u202e" + "y" * 5000))])
    message = Event.objects.get().message
    assert "\x00" not in message and "\x1b" not in message and "\u202e" not in message and len(message) <= 2000
    body = thing(version=9)
    body["metadata"]["annotations"] = {"a\x00b": "c\x00d"}
    writer.process([Changed(QUOTA, "ADDED", body)])
    assert Observed.objects.get(kind="ResourceQuota").body["metadata"]["annotations"] == {"ab": "cd"}


def test_managed_fields_are_not_kept(writer):
    body = thing(version=9)
    body["metadata"]["managedFields"] = [{"manager": "kubectl-edit"}]
    writer.process([Changed(QUOTA, "ADDED", body)])
    assert "managedFields" not in Observed.objects.get(kind="ResourceQuota").body["metadata"]


def test_a_snapshot_that_says_nothing_new_writes_nothing(writer):
    snapshot = Snapshot((Listed(NAMESPACE, [space()], "1"),))
    seen = Observed.objects.get().observed_at
    writer.process([snapshot])
    assert Observed.objects.get().observed_at == seen


def test_a_node_that_says_the_same_again_is_not_written(writer):
    body = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "n", "uid": "n", "resourceVersion": "1"},
        "status": {"allocatable": {"cpu": "1"}},
    }
    writer.process([Listed(NODE, [body], "1")])
    seen = Node.objects.get().observed_at
    writer.process([Changed(NODE, "MODIFIED", {**body, "metadata": {**body["metadata"], "resourceVersion": "2"}})])
    assert Node.objects.get().observed_at == seen


def run_writer(writer, may_write=lambda: True):
    stop = threading.Event()
    thread = threading.Thread(target=writer.run, args=(stop, may_write), daemon=True)
    thread.start()
    return stop, thread


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_for_a_moment_is_not_lost(monkeypatch):
    writer, refusals = (
        Writer(make_cluster()),
        iter([OperationalError("database is locked"), OperationalError("server closed the connection")]),
    )
    write = writer._write

    def refusing(found):
        if refusal := next(refusals, None):
            raise refusal
        return write(found)

    monkeypatch.setattr(writer, "_write", refusing)
    stop, thread = run_writer(writer)
    writer.inbox.put(Listed(NAMESPACE, [space()], "1"))
    until(lambda: Observed.objects.exists(), "it is written at the third attempt")
    stop.set()
    thread.join(5)
    assert not writer.failed.is_set()


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_can_never_be_written_is_dropped_and_everything_is_asked_for_again():
    writer = Writer(make_cluster())
    stop, thread = run_writer(writer)
    broken = space()
    broken["metadata"]["name"] = {"not": "text"}
    writer.inbox.put(Listed(NAMESPACE, [broken], "1"))
    until(writer.failed.is_set, "the feeds are to list again")
    writer.inbox.put(Listed(NAMESPACE, [space()], "2"))
    until(lambda: Observed.objects.exists(), "the writer goes on")
    stop.set()
    thread.join(5)


@pytest.mark.django_db(transaction=True)
def test_a_watcher_that_is_not_sure_of_its_lease_writes_nothing():
    writer, sure = Writer(make_cluster()), threading.Event()
    stop, thread = run_writer(writer, sure.is_set)
    writer.inbox.put(Listed(NAMESPACE, [space()], "1"))
    time.sleep(0.2)
    assert not Observed.objects.exists()
    sure.set()
    until(lambda: Observed.objects.exists(), "it is written")
    stop.set()
    thread.join(5)


@pytest.mark.django_db(transaction=True)
def test_what_waits_for_a_worker_is_looked_at_a_few_times_a_second_and_judged_soon_after(monkeypatch):
    row, looks, judged = make_namespace(), [], threading.Event()
    owned = Namespace.objects.filter(pk=row.pk)
    owned.update(lease_until=after(60))
    writer = Writer(row.cluster)
    monkeypatch.setattr(verdicts, "owners_named", lambda *asked: looks.append(1) or owners_named(*asked))
    monkeypatch.setattr(verdicts, "judge", lambda *case: judged.set() or judge(*case))
    stop, thread = run_writer(writer)
    writer.inbox.put(Changed(QUOTA, "ADDED", thing(owner=row.holder)))
    time.sleep(1)
    assert not judged.is_set()
    assert 2 <= len(looks) <= 11
    owned.update(lease_until=None)
    assert judged.wait(1)
    stop.set()
    thread.join(5)


@pytest.mark.parametrize("owners", [1, 3])
def test_of_many_news_only_their_own_owners_are_read(writer, monkeypatch, owners):
    monkeypatch.setattr(verdicts, "all_owners", None)
    rows = [make_namespace(writer.cluster) for _ in range(owners)]
    news = [Changed(QUOTA, "ADDED", thing(f"q{n}", n + 1, f"u{n}", owner=rows[n % owners].holder)) for n in range(200)]
    assert {verdict.owner.pk for verdict in writer.process(news)} == {row.pk for row in rows}


@pytest.mark.django_db(transaction=True)
def test_one_of_two_watchers_has_a_cluster_and_the_other_takes_it_over(monkeypatch):
    monkeypatch.setattr("clusters.observation.feed.Feed.run", lambda self: self.stopping.wait())
    cluster = make_cluster(kubeconfig="{}")
    first, second = Supervisor(), Supervisor()
    second.me = "elsewhere:1"
    try:
        first.turn()
        second.turn()
        assert (list(first.watchers), list(second.watchers)) == ([cluster.pk], [])
        assert Heartbeat.objects.filter(role="watcher").count() == 2
        first.stop()
        second.turn()
        assert list(second.watchers) == [cluster.pk]
        assert second.watchers[cluster.pk][1].may_write()
    finally:
        first.stop()
        second.stop()


@pytest.mark.django_db(transaction=True)
def test_a_watcher_whose_lease_was_taken_lets_go(monkeypatch):
    monkeypatch.setattr("clusters.observation.feed.Feed.run", lambda self: self.stopping.wait())
    cluster = make_cluster(kubeconfig="{}")
    supervisor = Supervisor()
    try:
        supervisor.turn()
        lease, watcher = supervisor.watchers[cluster.pk]
        lease.release()
        assert NamedLease(lease.name).acquire("elsewhere:1", 30)
        watcher.trusted_until = time.monotonic() + 0.1
        supervisor.turn()
        assert supervisor.watchers == {}
        assert not watcher.may_write()
    finally:
        supervisor.stop()


@pytest.mark.django_db
def test_the_page_can_say_since_when_it_is_old():
    cluster = make_cluster(kubeconfig="{}")
    note_live(cluster.pk)
    assert notice_missing_watcher() == 0
    since = Cluster.objects.get().last_seen_at
    note_stale(cluster.pk, since)
    assert Cluster.objects.get().stale_since == since
    note_live(cluster.pk)
    assert Cluster.objects.get().stale_since is None
    Cluster.objects.update(last_seen_at=after(-40))
    assert notice_missing_watcher() == 1
    assert Cluster.objects.get().stale_since == Cluster.objects.get().last_seen_at


def test_a_feed_that_cannot_connect_is_down_and_slows_down():
    calls = []

    def refuse():
        calls.append(time.monotonic())
        raise Unreachable("refused")

    feed = Feed(QUOTA, refuse, None, threading.Event())
    thread = threading.Thread(target=feed.run, daemon=True)
    thread.start()
    time.sleep(1.2)
    feed.stop()
    thread.join(6)
    assert feed.down_since is not None
    assert 2 <= len(calls) <= 9
