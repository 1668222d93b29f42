"""One worker's hold on a row: claimed once, fenced, finished without losing what came meanwhile."""

import threading
import time

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from reconcile import registry
from reconcile.attempt import LeaseLost, claim, park_crashed
from reconcile.clock import after
from reconcile.due import MAX_CRASHES, due, mark_due, release_blocked, retry_now
from reconcile.engine import reconcile
from reconcile.outcome import Outcome
from tenants.models import Namespace
from tests.tenancy import make_due, make_namespace

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind():
    return registry.kind("namespace")


@pytest.fixture
def row(kind, monkeypatch):
    """A due namespace whose attempts do what the test says, without a cluster."""
    monkeypatch.setattr(kind, "settled", lambda row, outcome: None)
    return make_namespace()


def runs(monkeypatch, kind, run):
    monkeypatch.setattr(kind, "run", run)


def done(row, attempt):
    return Outcome("done", "Applied")


def end_lease(row):
    Namespace.objects.filter(pk=row.pk).update(lease_until=after(-1))


def test_a_row_can_be_claimed_only_once(row, kind):
    assert claim(kind, row.pk) is not None
    assert claim(kind, row.pk) is None


def test_a_row_that_is_not_due_cannot_be_claimed(row, kind):
    Namespace.objects.update(next_reconcile_at=after(60))
    assert claim(kind, row.pk) is None
    Namespace.objects.update(next_reconcile_at=None)
    assert claim(kind, row.pk) is None


def test_an_ended_lease_is_taken_over_and_the_old_holder_writes_nothing(row, kind):
    old = claim(kind, row.pk)
    end_lease(row)
    new = claim(kind, row.pk)
    assert new.row.fence == old.row.fence + 1
    for write in (old.renew, lambda: old.finish(Outcome("done", "Applied"))):
        with pytest.raises(LeaseLost):
            write()
    row.refresh_from_db()
    assert row.observed_generation == 0
    new.finish(Outcome("done", "Applied"))
    row.refresh_from_db()
    assert row.observed_generation == 1


def test_a_confirmed_attempt_observes_the_generation_that_it_read(row, kind, monkeypatch):
    def run(claimed, attempt):
        Namespace.objects.get(pk=claimed.pk).touch()
        return Outcome("done", "Applied")

    runs(monkeypatch, kind, run)
    reconcile("namespace", row.pk)
    row.refresh_from_db()
    assert (row.generation, row.observed_generation) == (2, 1)
    assert due(Namespace).filter(pk=row.pk).exists(), "the change that came during the attempt must stay due"


def test_a_change_in_the_cluster_during_an_attempt_stays_due(row, kind, monkeypatch):
    def run(claimed, attempt):
        mark_due("namespace", claimed.pk)
        return Outcome("done", "Applied")

    runs(monkeypatch, kind, run)
    reconcile("namespace", row.pk)
    assert due(Namespace).filter(pk=row.pk).exists()


def test_a_settled_row_is_not_due_again(row, kind, monkeypatch):
    runs(monkeypatch, kind, done)
    reconcile("namespace", row.pk)
    row.refresh_from_db()
    assert row.next_reconcile_at is None
    assert reconcile("namespace", row.pk) is None


@pytest.mark.parametrize("state", ["retry", "refused", "waiting", "blocked"])
def test_an_unconfirmed_attempt_does_not_observe_the_generation(row, kind, monkeypatch, state):
    runs(monkeypatch, kind, lambda claimed, attempt: Outcome(state, "Why", "because"))
    reconcile("namespace", row.pk)
    row.refresh_from_db()
    assert row.observed_generation == 0
    assert row.condition("Applied")["reason"] == "Why"
    assert not due(Namespace).filter(pk=row.pk).exists()


def test_failures_back_off_up_to_the_cap_and_obey_retry_after(row, kind, monkeypatch, settings):
    rests = []
    runs(monkeypatch, kind, lambda claimed, attempt: Outcome("retry", "Slow"))
    for _ in range(12):
        reconcile("namespace", row.pk)
        row.refresh_from_db()
        rests.append((row.next_reconcile_at - row.reconciled_at).total_seconds())
        make_due(row)
    assert 0.4 <= rests[0] <= 1.1
    assert all(0.4 * 2**n <= rest <= 1.1 * 2**n for n, rest in enumerate(rests[:8]))
    assert max(rests) <= settings.SLIPWAY["BACKOFF_CAP_SECONDS"] + 1
    runs(monkeypatch, kind, lambda claimed, attempt: Outcome("retry", "Busy", retry_after=1000))
    reconcile("namespace", row.pk)
    row.refresh_from_db()
    assert (row.next_reconcile_at - row.reconciled_at).total_seconds() >= 999


def test_an_error_in_the_code_of_a_kind_is_on_the_row_and_retried(row, kind, monkeypatch):
    def run(claimed, attempt):
        raise ZeroDivisionError("nothing to divide by")

    runs(monkeypatch, kind, run)
    reconcile("namespace", row.pk)
    row.refresh_from_db()
    assert row.condition("Applied")["reason"] == "InternalError"
    assert (row.failures, row.crashes) == (1, 0)
    assert row.next_reconcile_at is not None


def test_five_crashes_park_the_row_and_a_retry_unparks_it(row, kind):
    for _ in range(MAX_CRASHES):
        assert claim(kind, row.pk) is not None, "a worker that dies leaves its claim behind"
        end_lease(row)
    assert claim(kind, row.pk) is None
    assert park_crashed(kind) == 1
    row.refresh_from_db()
    assert (row.next_reconcile_at, row.condition("Applied")["reason"]) == (None, "Parked")
    assert not mark_due("namespace", row.pk), "the watcher cannot unpark it"
    assert retry_now("namespace", row.pk)
    assert claim(kind, row.pk) is not None


def test_a_new_generation_unparks_the_row(row, kind):
    Namespace.objects.update(crashes=MAX_CRASHES, next_reconcile_at=None)
    row.touch()
    assert claim(kind, row.pk) is not None


def test_an_outage_parks_nothing_and_ends_with_a_spread(row, kind, monkeypatch):
    runs(monkeypatch, kind, lambda claimed, attempt: Outcome("blocked", "ClusterUnreachable"))
    opened = []
    monkeypatch.setattr(kind, "unreachable", lambda claimed: opened.append(claimed.pk))
    for _ in range(MAX_CRASHES + 2):
        reconcile("namespace", row.pk)
        row.refresh_from_db()
        assert (row.crashes, row.failures, row.next_reconcile_at) == (0, 0, None)
        assert row.blocked_on == row.cluster.key
        release_blocked(row.cluster.key, spread=0)
    assert opened == [row.pk] * (MAX_CRASHES + 2)
    time.sleep(0.01)  # SQLite's clock counts milliseconds, rounded
    assert due(Namespace).filter(pk=row.pk).exists()


def test_a_lost_lease_makes_the_row_due_again(row, kind, monkeypatch):
    def run(claimed, attempt):
        Namespace.objects.filter(pk=claimed.pk).update(fence=F("fence") + 1, lease_until=None, next_reconcile_at=None)
        return Outcome("done", "Applied")

    runs(monkeypatch, kind, run)
    assert reconcile("namespace", row.pk) is None
    row.refresh_from_db()
    assert row.observed_generation == 0
    assert due(Namespace).filter(pk=row.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_forty_messages_at_once_make_one_attempt(row, kind, monkeypatch):
    attempts = []
    entered = threading.Event()

    def run(claimed, attempt):
        attempts.append(claimed.pk)
        entered.wait(0.2)
        return Outcome("done", "Applied")

    runs(monkeypatch, kind, run)

    def deliver():
        try:
            reconcile("namespace", row.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert attempts == [row.pk]


def test_a_due_time_in_the_past_of_the_database_counts_whatever_this_machine_says(row, kind):
    Namespace.objects.update(next_reconcile_at=Now())
    assert claim(kind, row.pk) is not None
