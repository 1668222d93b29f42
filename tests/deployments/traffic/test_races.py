"""The judge and a person decide about the same rollout at the same moment: exactly one of them does, and one entry says so."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import close_old_connections, connection

from audit.errors import Conflict
from audit.models import Entry
from deployments.actions import change_share, promote_candidate
from deployments.models import ModelDeployment, Rollout
from reconcile.engine import reconcile
from tests.factories import make_user
from tests.tenancy import make_due

pytestmark = pytest.mark.django_db(transaction=True)

ENDS = ("rollout.promote", "rollout.roll_back")


@pytest.fixture
def erring(rollout, cluster, turn):
    """A rollout that the next turn will roll back."""
    turn()
    cluster.pods[0].counters.serve(good=400)
    cluster.pods[1].counters.serve(good=50, failed=50)
    make_due(rollout)
    return rollout


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each of them returns or raises, all begun together."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            barrier.wait(10)
            results[place] = work()
        except Exception as error:
            results[place] = error
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.parametrize("head_start", [0.0, 0.05, 0.15])
def test_a_person_who_promotes_and_the_judge_never_both_win(erring, head_start):
    owner = make_user(team_roles={erring.deployment.team: "owner"})

    def promote() -> object:
        time.sleep(head_start)
        return promote_candidate(actor=owner, rollout=Rollout.objects.get(pk=erring.pk))

    _outcome, promoted = at_once(lambda: reconcile("rollout", erring.pk), promote)
    erring.refresh_from_db()
    entries = list(Entry.objects.filter(action__in=ENDS, outcome="accepted").values_list("action", flat=True))
    revision = ModelDeployment.objects.get(pk=erring.deployment_id).revision
    if isinstance(promoted, Conflict):
        assert (erring.ended, entries, revision) == ("rolled_back", ["rollout.roll_back"], erring.stable)
        assert erring.ended_by is None
    else:
        assert (erring.ended, entries, revision) == ("promoted", ["rollout.promote"], erring.candidate)
        assert (erring.ended_by, erring.verdict) == (owner, {})
    assert erring.next_reconcile_at is None


def test_a_promotion_that_commits_while_the_judge_measures_stands(erring, cluster):
    owner, done = make_user(team_roles={erring.deployment.team: "owner"}), []

    def promote(path: str) -> None:
        if "/proxy/metrics" in path and not done:
            done.append(path)
            promote_candidate(actor=owner, rollout=Rollout.objects.get(pk=erring.pk))
            connection.close()

    cluster.before_answer = promote
    reconcile("rollout", erring.pk)
    erring.refresh_from_db()
    assert (erring.ended, erring.verdict) == ("promoted", {})
    assert list(Entry.objects.filter(action__in=ENDS).values_list("action", flat=True)) == ["rollout.promote"]
    assert erring.next_reconcile_at is None


def test_a_share_that_changes_while_the_judge_measures_is_not_judged_by_the_old_one(erring, cluster):
    owner, done = make_user(team_roles={erring.deployment.team: "owner"}), []

    def change(path: str) -> None:
        if "/proxy/metrics" in path and not done:
            done.append(path)
            change_share(actor=owner, rollout=Rollout.objects.get(pk=erring.pk), share=5, seen_share=20)
            connection.close()

    cluster.before_answer = change
    reconcile("rollout", erring.pk)
    erring.refresh_from_db()
    assert (erring.ended, erring.figures, erring.share) == ("", {}, 5)
    assert erring.next_reconcile_at is not None, "the change stays due"


def test_many_workers_at_one_rollout_measure_it_once(erring, cluster):
    cluster.asked.clear()
    results = at_once(*[lambda: reconcile("rollout", erring.pk)] * 8)
    assert sum(result is not None for result in results) == 1
    assert Entry.objects.filter(action="rollout.roll_back").count() == 1
