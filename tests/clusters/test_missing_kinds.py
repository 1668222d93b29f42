"""Kinds that a cluster may not serve: their absence makes nothing else old, and what waits for them goes on when they come (F27)."""

import queue
import threading
import time

import pytest
from django.test import Client
from django.urls import reverse

from clusters.models import Drift, Observed
from clusters.observation import feed as feeds
from clusters.observation.feed import Feed
from clusters.observation.kinds import OPTIONAL
from clusters.observation.messages import Changed, Listed
from clusters.observation.resync import snapshot
from clusters.observation.watcher import Watcher
from clusters.observation.writer import Writer
from deployments.models import ModelDeployment
from kube.errors import ApiError, Unreachable
from tests.clusters.watching import until
from tests.deploying import make_deployment
from tests.factories import make_user

SERVICE = ("serving.kserve.io/v1beta1", "InferenceService")
LISTED = {"items": [], "metadata": {"resourceVersion": "9"}}


class Site:
    """An API server without definitions, until `served`; `refuses` what it does not serve with this status."""

    def __init__(self, refuses=404):
        self.served, self.refuses = False, refuses

    def check_process(self):
        pass

    def request(self, method, path, **_options):
        if "customresourcedefinitions" in path:
            raise ApiError(404, "NotFound", details={"name": "inferenceservices.serving.kserve.io", "kind": "customresourcedefinitions"})
        if "serving.kserve.io" in path and not self.served:
            raise ApiError(self.refuses, "NotFound" if self.refuses == 404 else "Forbidden", "the server could not find it")
        return LISTED


@pytest.fixture
def following(monkeypatch):
    """A running feed of InferenceServices from a site, with its inbox."""
    monkeypatch.setattr(feeds, "ABSENT_SECONDS", 0.05)
    monkeypatch.setattr(feeds.Watch, "events", lambda self, version: iter(()))
    running = []

    def follow(site):
        inbox = queue.Queue()
        feed = Feed(SERVICE, lambda: site, inbox, threading.Event())
        thread = threading.Thread(target=feed.run, daemon=True)
        thread.start()
        running.append((feed, thread))
        return feed, inbox

    yield follow
    for feed, thread in running:
        feed.stop()
        thread.join(5)


def test_a_kind_that_is_not_served_is_live_and_empty_and_is_found_when_it_comes(following):
    site = Site()
    feed, inbox = following(site)
    until(feed.listed.is_set, "the feed knows that there is nothing")
    assert feed.down_since is None and inbox.get(timeout=5).things == []
    assert not feed.returned.is_set() and inbox.empty(), "its absence is told once"
    site.served = True
    until(feed.returned.is_set, "the kind is found")
    assert inbox.get(timeout=5).version == "9"


def test_what_is_known_of_a_kind_that_may_not_be_seen_stays_and_it_is_said_once(following, caplog):
    feed, inbox = following(Site(refuses=403))
    until(feed.listed.is_set, "the feed does not hold up the others")
    time.sleep(0.3)
    assert feed.down_since is None and inbox.empty() and feed.absent == "forbidden"
    assert [record.levelname for record in caplog.records if "forbidden" in record.message] == ["WARNING"]


def test_a_cluster_that_stops_answering_while_it_is_asked_why_ends_no_feed(following, monkeypatch):
    site, broken = Site(), threading.Event()

    def presence(*_arguments):
        if broken.is_set():
            raise Unreachable("gone")
        return "missing"

    monkeypatch.setattr(feeds, "presence", presence)
    broken.set()
    feed, inbox = following(site)
    until(lambda: feed.down_since is not None, "the feed says that it knows nothing")
    assert inbox.empty()
    broken.clear()
    until(feed.listed.is_set, "the feed goes on")
    assert feed.down_since is None


def test_a_kind_that_is_installed_and_not_served_yet_has_not_lost_its_objects(following, monkeypatch):
    monkeypatch.setattr(feeds, "presence", lambda *_arguments: "installed")
    feed, inbox = following(Site())
    until(lambda: feed.absent == "unclear", "the feed does not know")
    assert inbox.empty() and feed.down_since is None


def test_a_resync_leaves_out_what_is_not_served():
    kinds = {listed.kind for listed in snapshot(Site()).lists}
    assert SERVICE not in kinds and set(OPTIONAL) - {SERVICE} <= kinds


@pytest.mark.django_db
def test_the_objects_of_a_kind_that_went_are_gone_and_their_owner_is_looked_at():
    deployment = make_deployment()
    entry = {"apiVersion": SERVICE[0], "kind": SERVICE[1], "namespace": deployment.namespace.name, "name": deployment.name}
    known = {"uid": "u1", "resourceVersion": "5", "digest": "d", "paths": ["/metadata/labels"], "state": "created", "message": ""}
    ModelDeployment.objects.update(inventory=[{**entry, **known, "at": None, "appliedAt": None, "rendered": "r"}], next_reconcile_at=None)
    writer = Writer(deployment.cluster)
    labels = {"slipway.dev/owner": deployment.holder}
    metadata = {"name": deployment.name, "namespace": deployment.namespace.name, "uid": "u1", "resourceVersion": "5", "labels": labels}
    writer.process([Listed(SERVICE, [{"apiVersion": SERVICE[0], "kind": SERVICE[1], "metadata": metadata}], "5")])
    assert Observed.objects.filter(kind="InferenceService").exists()
    ModelDeployment.objects.update(next_reconcile_at=None)
    writer.process([Listed(SERVICE, [], "")])
    deployment.refresh_from_db()
    assert not Observed.objects.filter(kind="InferenceService").exists() and deployment.next_reconcile_at is not None


@pytest.mark.django_db
def test_what_waits_for_a_kind_is_due_as_soon_as_it_is_back():
    deployment = make_deployment()
    ModelDeployment.objects.update(next_reconcile_at=None)
    watcher = Watcher(deployment.cluster)
    watcher.feeds[0].returned.set()
    watcher.tick()
    deployment.refresh_from_db()
    assert deployment.next_reconcile_at is not None and not watcher.feeds[0].returned.is_set()


@pytest.mark.django_db
def test_what_cannot_be_seen_is_told_on_the_clusters_page_to_those_who_can_mend_it():
    cluster = make_deployment().cluster
    watcher = Watcher(cluster)
    watcher.feeds[0].absent, watcher.feeds[1].absent = "forbidden", "missing"
    watcher.tick()
    cluster.refresh_from_db()
    assert cluster.unwatched == {watcher.feeds[0].kind[1]: "forbidden", watcher.feeds[1].kind[1]: "missing"}
    admin, member = Client(), Client()
    admin.force_login(make_user(platform_roles=["admin"]))
    member.force_login(make_user(team_roles={"vision": "member"}))
    page = reverse("cluster_detail", args=[cluster.name])
    assert b"cluster_bootstrap --name" in admin.get(page).content
    assert b"cluster_bootstrap" not in member.get(page).content
    watcher.feeds[0].absent = ""
    watcher.tick()
    assert b"cluster_bootstrap" not in admin.get(page).content


@pytest.mark.django_db
def test_a_doomed_row_inside_is_looked_at_when_one_of_its_objects_is_gone():
    deployment = make_deployment()
    entry = {"apiVersion": SERVICE[0], "kind": SERVICE[1], "namespace": deployment.namespace.name, "name": deployment.name, "uid": "u1"}
    ModelDeployment.objects.update(inventory=[entry], next_reconcile_at=None, deletion_released=True)
    labels = {"slipway.dev/owner": deployment.holder}
    metadata = {key: entry[key] for key in ("namespace", "name", "uid")} | {"resourceVersion": "5", "labels": labels}
    thing = {"apiVersion": SERVICE[0], "kind": SERVICE[1], "metadata": metadata}
    writer = Writer(deployment.cluster)
    writer.process([Changed(SERVICE, "MODIFIED", thing)])
    deployment.refresh_from_db()
    assert deployment.next_reconcile_at is None
    writer.process([Changed(SERVICE, "DELETED", {**thing, "metadata": {**metadata, "resourceVersion": "6"}})])
    deployment.refresh_from_db()
    assert deployment.next_reconcile_at is not None
    assert not Drift.objects.exists()
