"""The breaker: opened once, probed, closed together with the release of what waits."""

import pytest

from clusters import breaker
from clusters.breaker import answers_now, close_breaker, is_open, open_breaker, probe_open_breakers
from clusters.models import Cluster
from reconcile import chores
from reconcile.clock import database_now
from tenants.models import Namespace
from tests.tenancy import make_cluster, make_namespace

NOWHERE = """{"apiVersion": "v1", "kind": "Config", "current-context": "c",
 "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1"}}],
 "contexts": [{"name": "c", "context": {"cluster": "c"}}], "users": []}"""


@pytest.mark.django_db
def test_a_breaker_is_opened_once_and_closed_once():
    cluster = make_cluster()
    assert [open_breaker(cluster.pk), open_breaker(cluster.pk), is_open(cluster.pk)] == [True, False, True]
    assert [close_breaker(cluster), close_breaker(cluster), is_open(cluster.pk)] == [True, False, False]


@pytest.mark.django_db
def test_a_cluster_that_does_not_answer_stays_behind_its_breaker():
    cluster = make_cluster(kubeconfig=NOWHERE)
    open_breaker(cluster.pk)
    assert not answers_now(cluster)
    assert probe_open_breakers() == 0
    assert is_open(cluster.pk)


@pytest.mark.django_db
def test_what_waits_for_a_cluster_becomes_due_within_three_seconds_of_its_return(monkeypatch):
    cluster, other = make_cluster(kubeconfig=NOWHERE), make_cluster("fra-2", kubeconfig=NOWHERE)
    rows = [make_namespace(cluster, gpus={}) for _ in range(5)]
    elsewhere = make_namespace(other, gpus={})
    Namespace.objects.filter(cluster=cluster).update(next_reconcile_at=None, blocked_on=cluster.key)
    Namespace.objects.filter(cluster=other).update(next_reconcile_at=None, blocked_on=other.key)
    open_breaker(cluster.pk)
    monkeypatch.setattr(breaker, "answers_now", lambda asked: asked.pk == cluster.pk)
    before = database_now()
    assert probe_open_breakers() == 1
    for row in Namespace.objects.filter(pk__in=[row.pk for row in rows]):
        assert row.blocked_on == ""
        assert 0 <= (row.next_reconcile_at - before).total_seconds() < 3.5
    assert len({row.next_reconcile_at for row in Namespace.objects.filter(cluster=cluster)}) > 1
    assert Namespace.objects.get(pk=elsewhere.pk).blocked_on == other.key


def test_an_open_breaker_is_probed_by_the_sweep():
    assert chores._chores["probe-open-breakers"].every == 1.0


@pytest.mark.django_db(transaction=True)
def test_a_real_api_server_closes_its_breaker_when_it_is_back(installed, cluster_plane):
    open_breaker(installed.pk)
    cluster_plane.kill_api_server()
    assert probe_open_breakers() == 0
    cluster_plane.start_api_server()
    assert probe_open_breakers() == 1
    assert not Cluster.objects.breaker_open().exists()
