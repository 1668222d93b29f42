"""Reserving and releasing: what fits is granted, never more, whoever asks at once."""

import threading

import pytest
from django.db import connection, transaction
from django.db.models import F, Sum

from audit.errors import Conflict
from clusters import capacity
from clusters.capacity import CapacityExceeded, release, reserve
from clusters.models import Allotment, CapacityAccount, Cluster


def account(cluster, key, ceiling):
    return CapacityAccount.objects.create(cluster=cluster, key=key, installed=ceiling, ceiling=ceiling)


@pytest.fixture
def cluster(db):
    cluster = Cluster.objects.create(name="main")
    account(cluster, "cpu", 8000)
    account(cluster, "gpu:h100", 8)
    account(cluster, "storage", None)
    return cluster


def granted(cluster):
    return dict(CapacityAccount.objects.filter(cluster=cluster).values_list("key", "granted"))


def test_a_holder_gets_what_fits_and_the_ledger_says_so(cluster):
    reserve(cluster=cluster, holder="namespace.1", amounts={"cpu": 2000, "gpu:h100": 2, "storage": 10**15})
    reserve(cluster=cluster, holder="namespace.1", amounts={"gpu:h100": 1})
    assert granted(cluster) == {"cpu": 2000, "gpu:h100": 3, "storage": 10**15}
    assert Allotment.objects.get(account__key="gpu:h100").amount == 3


def test_nothing_is_reserved_when_one_part_does_not_fit(cluster):
    reserve(cluster=cluster, holder="namespace.1", amounts={"gpu:h100": 6})
    with pytest.raises(CapacityExceeded) as refused, transaction.atomic():
        reserve(cluster=cluster, holder="namespace.2", amounts={"cpu": 1000, "gpu:h100": 3})
    assert (refused.value.account, refused.value.asked, refused.value.free) == ("gpu:h100", 3, 2)
    assert isinstance(refused.value, Conflict)
    assert refused.value.code == "capacity_exceeded"
    assert granted(cluster) == {"cpu": 0, "gpu:h100": 6, "storage": 0}
    assert not Allotment.objects.filter(holder="namespace.2").exists()


def test_an_account_that_the_cluster_does_not_have_has_nothing_free(cluster):
    with pytest.raises(CapacityExceeded) as refused, transaction.atomic():
        reserve(cluster=cluster, holder="namespace.1", amounts={"gpu:b200": 1})
    assert refused.value.free == 0


def test_a_ceiling_below_what_is_granted_refuses_more_and_shows_nothing_negative(cluster):
    reserve(cluster=cluster, holder="namespace.1", amounts={"gpu:h100": 8})
    CapacityAccount.objects.filter(key="gpu:h100").update(ceiling=4)
    with pytest.raises(CapacityExceeded) as refused, transaction.atomic():
        reserve(cluster=cluster, holder="namespace.2", amounts={"gpu:h100": 1})
    assert refused.value.free == 0


def test_a_release_gives_back_a_part_or_all(cluster):
    reserve(cluster=cluster, holder="namespace.1", amounts={"cpu": 2000, "gpu:h100": 4})
    reserve(cluster=cluster, holder="namespace.2", amounts={"gpu:h100": 1})
    release(cluster=cluster, holder="namespace.1", amounts={"gpu:h100": 1})
    assert granted(cluster)["gpu:h100"] == 4
    release(cluster=cluster, holder="namespace.1")
    release(cluster=cluster, holder="namespace.1")
    assert granted(cluster) == {"cpu": 0, "gpu:h100": 1, "storage": 0}


@pytest.mark.parametrize("amounts", [{"gpu:h100": 5}, {"cpu": 1}])
def test_nobody_releases_more_than_they_hold(cluster, amounts):
    reserve(cluster=cluster, holder="namespace.1", amounts={"gpu:h100": 4})
    reserve(cluster=cluster, holder="namespace.2", amounts={"gpu:h100": 4})
    with pytest.raises(ValueError, match="does not hold"):
        release(cluster=cluster, holder="namespace.1", amounts=amounts)
    assert granted(cluster)["gpu:h100"] == 8


def test_negative_amounts_are_refused(cluster):
    with pytest.raises(ValueError, match="negative"):
        reserve(cluster=cluster, holder="namespace.1", amounts={"cpu": -1})
    with pytest.raises(ValueError, match="negative"):
        release(cluster=cluster, holder="namespace.1", amounts={"cpu": -1})


def all_at_once(people, work):
    """Run `work(n)` in `people` threads that begin together; returns how many were granted."""
    barrier, granted_to = threading.Barrier(people), []

    def run(n):
        try:
            barrier.wait()
            with transaction.atomic():
                work(n)
            granted_to.append(n)
        except CapacityExceeded:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return len(granted_to)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_exactly_what_fits_in_every_round():
    for ceiling in (7, 8, 9):
        cluster = Cluster.objects.create(name=f"c{ceiling}")
        account(cluster, "cpu", 10**6)
        account(cluster, "gpu:h100", ceiling)

        def ask(n, cluster=cluster):
            keys = ["cpu", "gpu:h100"] if n % 2 else ["gpu:h100", "cpu"]
            reserve(cluster=cluster, holder=f"namespace.{n}", amounts=dict.fromkeys(keys, 2))

        assert all_at_once(12, ask) == ceiling // 2
        for row in CapacityAccount.objects.filter(cluster=cluster):
            held = row.allotments.aggregate(total=Sum("amount"))["total"]
            assert row.granted == held == ceiling // 2 * 2


@pytest.mark.django_db(transaction=True)
def test_without_the_condition_in_the_update_the_ceiling_is_broken(monkeypatch):
    """Shows that the test above can fail: a read before the write lets everybody through."""
    cluster = Cluster.objects.create(name="main")
    account(cluster, "gpu:h100", 4)
    everyone_has_read = threading.Barrier(4)

    def read_then_write(cluster, key, amount):
        row = CapacityAccount.objects.get(cluster=cluster, key=key)
        everyone_has_read.wait(10)
        if row.free >= amount:
            CapacityAccount.objects.filter(pk=row.pk).update(granted=F("granted") + amount)

    if connection.vendor == "sqlite":
        # SQLite's write transactions exclude each other, so there the condition itself has to go.
        everyone_has_read = threading.Barrier(1)
        monkeypatch.setattr(CapacityAccount, "free", property(lambda self: self.ceiling))
    monkeypatch.setattr(capacity, "_take", read_then_write)
    all_at_once(4, lambda n: reserve(cluster=cluster, holder=f"namespace.{n}", amounts={"gpu:h100": 3}))
    assert CapacityAccount.objects.get().granted > 4


@pytest.mark.django_db(transaction=True)
def test_holders_that_come_and_go_at_once_leave_a_true_ledger():
    cluster = Cluster.objects.create(name="main")
    account(cluster, "cpu", 100)
    account(cluster, "memory", 100)

    def come_and_go(n):
        for _ in range(3):
            reserve(cluster=cluster, holder=f"namespace.{n % 3}", amounts={"cpu": 1, "memory": 2})
            release(cluster=cluster, holder=f"namespace.{n % 3}", amounts={"memory": 1})

    assert all_at_once(6, come_and_go) == 6
    assert granted(cluster) == {"cpu": 18, "memory": 18}
    assert dict(Allotment.objects.filter(account__key="memory").values_list("holder", "amount")) == {f"namespace.{n}": 6 for n in range(3)}
