"""What is due without a message: one worker goes from row to row, the longest waiting first, and leaves what others hold."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Plan
from reconcile import registry, sweep
from reconcile.backlog import work_off
from reconcile.clock import after
from reconcile.due import MAX_CRASHES
from reconcile.outcome import Outcome
from tenants.models import Namespace
from tests.tenancy import make_cluster, make_due, make_namespace

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(monkeypatch):
    """The primary keys of the namespaces that were attempted, in their order; without a cluster."""
    kind, pks = registry.kind("namespace"), []

    def run(row, attempt):
        pks.append(row.pk)
        return Outcome("done", "Applied")

    monkeypatch.setattr(kind, "run", run)
    monkeypatch.setattr(kind, "settled", lambda row, outcome: None)
    monkeypatch.setattr(registry, "kinds", lambda: [kind])
    return pks


@pytest.fixture
def rows():
    """Due namespaces, the last made waiting longest."""
    cluster = make_cluster(cpu=10**9, memory=2**60, h100=10**6)
    made = [make_namespace(cluster) for _ in range(20)]
    for number, row in enumerate(made, 1):
        Namespace.objects.filter(pk=row.pk).update(next_reconcile_at=after(-number))
    return made


def test_one_worker_works_off_everything_the_longest_waiting_first(rows, seen):
    assert work_off(30) == len(rows)
    assert seen == [row.pk for row in reversed(rows)]
    assert work_off(30) == 0


@pytest.fixture
def plans(seen, rows, monkeypatch):
    """Plans as a second kind, none of which is due; their primary keys as they are attempted."""
    kind, pks = registry.kind("plan"), []

    def run(row, attempt):
        pks.append(row.pk)
        return Outcome("done", "Planned")

    Plan.objects.update(next_reconcile_at=None)
    monkeypatch.setattr(kind, "run", run)
    monkeypatch.setattr(registry, "kinds", lambda: [registry.kind("namespace"), kind])
    return pks


def test_a_kind_of_which_nothing_is_due_is_not_asked_for_before_each_attempt(rows, seen, plans):
    with CaptureQueriesContext(connection) as asked:
        assert work_off(30) == len(rows)
    assert sum(Plan._meta.db_table in query["sql"] for query in asked) == 2


def test_what_becomes_due_of_another_kind_meanwhile_is_worked_off_too(rows, seen, plans, monkeypatch):
    late = Plan.objects.latest("pk")

    def run(row, attempt):
        make_due(late)
        return Outcome("done", "Applied")

    monkeypatch.setattr(registry.kind("namespace"), "run", run)
    assert work_off(30) == len(rows) + 1
    assert plans == [late.pk]


def test_what_is_held_parked_or_not_yet_due_is_left(rows, seen):
    held, parked, later = rows[:3]
    Namespace.objects.filter(pk=held.pk).update(lease_until=after(60))
    Namespace.objects.filter(pk=parked.pk).update(crashes=MAX_CRASHES)
    Namespace.objects.filter(pk=later.pk).update(next_reconcile_at=after(60))
    assert work_off(30) == len(rows) - 3
    assert not {held.pk, parked.pk, later.pk} & set(seen)


def test_the_worker_stops_when_its_time_is_over(rows, seen):
    assert work_off(0) == 0
    assert seen == []


@pytest.mark.parametrize(("held", "due", "sent"), [(0, 20, 4), (3, 17, 1), (4, 16, 0), (0, 2, 2), (0, 0, 0)])
def test_the_sweep_sends_no_more_workers_than_there_are_free_slots_and_due_rows(rows, seen, monkeypatch, held, due, sent):
    monkeypatch.setattr(sweep, "wake_for_backlog", lambda: True)
    Namespace.objects.filter(pk__in=[row.pk for row in rows[:held]]).update(lease_until=after(60))
    Namespace.objects.filter(pk__in=[row.pk for row in rows[held + due :]]).update(next_reconcile_at=after(60))
    assert sweep.sweep_once(4) == sent


def test_a_broker_that_does_not_answer_is_not_asked_again_in_the_same_turn(rows, seen, monkeypatch):
    asked = []
    monkeypatch.setattr(sweep, "wake_for_backlog", lambda: asked.append(1))
    assert sweep.sweep_once(4) == 0
    assert len(asked) == 1
