"""A candidate's way: its share, its promotion, its end; races end with one of both, and what decided is kept."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from audit.errors import Conflict
from audit.models import Entry
from deployments.actions import change_share, deploy, end_rollout, promote_candidate, roll_back, roll_back_candidate
from deployments.models import ModelDeployment, Revision, Rollout
from deployments.spec import Scaling
from deployments.wish import Trial
from tests.deploying import make_deployment, make_rollout, make_spec, make_version, newest, revise
from tests.deployments.asking import ask_for, set_environment, wish_for
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def rollout():
    return make_rollout(make_deployment(name="defects"), max_errors=5.0, max_p99=300, min_requests=50)


@pytest.fixture
def bob():
    return make_user("bob", {"vision": "member"})


def test_a_candidate_stands_beside_what_serves(rollout):
    deployment = rollout.deployment
    assert (rollout.stable.number, rollout.candidate.number, rollout.share) == (1, 2, 20)
    assert deployment.revision == rollout.stable, "what serves has not changed"
    assert (float(rollout.max_errors), rollout.max_p99, rollout.min_requests) == (5.0, 300, 50)
    assert rollout.next_reconcile_at is not None


@pytest.mark.parametrize("errors", [0.1, 0.55, 33.33, 100.0, 0.0, None])
def test_every_threshold_that_can_be_written_is_kept(errors):
    rollout = make_rollout(make_deployment(), max_errors=errors)
    rollout.refresh_from_db()
    assert rollout.max_errors is None if errors is None else float(rollout.max_errors) == errors


def test_a_member_changes_the_share_and_what_was_measured_before_does_not_count(rollout, bob):
    Rollout.objects.update(figures={"stable": {"requests": 400}})
    before = Entry.objects.count()
    generations = rollout.generation, rollout.deployment.generation
    changed = change_share(actor=bob, rollout=rollout, share=50, seen_share=20)
    assert (changed.share, changed.figures) == (50, {})
    assert (float(changed.max_errors), changed.max_p99, changed.min_requests) == (5.0, 300, 50)
    rollout.refresh_from_db()
    assert (rollout.generation, rollout.deployment.generation) > generations
    assert ModelDeployment.objects.get().next_reconcile_at is not None
    assert Entry.objects.count() == before + 1
    entry = Entry.objects.latest("pk")
    assert (entry.action, entry.actor, entry.detail["share"]) == ("rollout.change_share", bob, 50)


@pytest.mark.parametrize("share", [-1, 101])
def test_a_share_is_a_percentage(rollout, bob, share):
    with pytest.raises(ValidationError):
        change_share(actor=bob, rollout=rollout, share=share, seen_share=20)
    assert Rollout.objects.get().share == 20


def test_who_saw_another_share_changes_nothing(rollout, bob):
    change_share(actor=bob, rollout=rollout, share=50, seen_share=20)
    with pytest.raises(Conflict) as caught:
        change_share(actor=bob, rollout=rollout, share=30, seen_share=20)
    assert caught.value.code == "stale_share"
    assert "50" in caught.value.message
    assert Rollout.objects.get().share == 50


DONE = {
    "share": lambda actor, rollout: change_share(actor=actor, rollout=rollout, share=50, seen_share=20),
    "promote": lambda actor, rollout: promote_candidate(actor=actor, rollout=rollout),
    "roll back": lambda actor, rollout: roll_back_candidate(actor=actor, rollout=rollout),
}


@pytest.mark.parametrize("what", DONE)
@pytest.mark.parametrize("role", [{"vision": "viewer"}, {"speech": "owner"}])
def test_who_is_no_member_touches_no_rollout(rollout, what, role):
    stranger = make_user(team_roles=role)
    with pytest.raises(PermissionDenied):
        DONE[what](stranger, rollout)
    fresh = Rollout.objects.get()
    assert (fresh.share, fresh.ended_at) == (20, None)
    assert Entry.objects.filter(outcome="denied", actor=stranger).count() == 1


def test_a_promotion_lets_the_candidate_serve_alone(rollout, bob):
    before = Entry.objects.count()
    deployment = promote_candidate(actor=bob, rollout=rollout, reason="better")
    assert deployment.revision == rollout.candidate
    ended = Rollout.objects.get()
    assert (ended.ended, ended.ended_by, ended.next_reconcile_at) == ("promoted", bob, None)
    assert ended.ended_at is not None
    assert Revision.objects.count() == 2, "a promotion makes no revision: what serves now was one already"
    assert Entry.objects.count() == before + 1


def test_a_roll_back_lets_what_served_serve_alone(rollout, bob):
    deployment = roll_back_candidate(actor=bob, rollout=rollout, reason="worse")
    assert deployment.revision == rollout.stable
    assert Rollout.objects.get().ended == "rolled_back"
    assert deployment.next_reconcile_at is not None


@pytest.mark.parametrize("what", DONE)
def test_what_has_ended_is_told_and_stays_ended(rollout, bob, what):
    roll_back_candidate(actor=bob, rollout=rollout)
    with pytest.raises(Conflict) as caught:
        DONE[what](bob, rollout)
    assert caught.value.code == "rollout_ended"
    assert Rollout.objects.get().ended == "rolled_back"
    assert ModelDeployment.objects.get().revision.number == 1


def test_the_portal_ends_one_by_its_own_verdict_and_keeps_the_numbers(rollout):
    verdict = {"metric": "errors", "candidate": 12.0, "limit": 5.0, "requests": 60}
    end_rollout(rollout, Rollout.End.ROLLED_BACK, actor=None, verdict=verdict)
    ended = Rollout.objects.get()
    assert (ended.ended, ended.ended_by, ended.verdict) == ("rolled_back", None, verdict)
    entry = Entry.objects.latest("pk")
    assert (entry.action, entry.actor_name, entry.detail["verdict"]) == ("rollout.roll_back", "system", verdict)


def test_a_second_change_waits_for_the_end_of_the_first(rollout, bob):
    with pytest.raises(Conflict) as caught:
        ask_for(bob, rollout.deployment.namespace, spec=make_spec(scaling=Scaling(2, 2)))
    assert caught.value.code == "rollout_running"
    assert Revision.objects.count() == 2


def test_a_roll_back_to_an_older_revision_waits_for_it_too(bob):
    deployment = make_deployment(name="defects")
    revise(deployment.namespace, "defects", make_spec(scaling=Scaling(2, 2)))
    deployment.refresh_from_db()
    make_rollout(deployment)
    with pytest.raises(Conflict) as caught:
        roll_back(actor=bob, deployment=deployment, revision=deployment.revisions.get(number=1))
    assert caught.value.code == "rollout_running"


def test_where_policy_asks_the_candidate_waits_for_a_decision(bob):
    deployment = make_deployment(name="defects")
    namespace = set_environment(deployment.namespace, "production")
    spec = make_spec(make_version(aliases=("champion",)))
    placed = deploy(actor=bob, namespace=namespace, wish=wish_for(namespace, spec, trial=Trial(5)), reason="try it")
    assert placed.request.requested["trial"]["share"] == 5
    assert not Rollout.objects.exists()


def test_one_rollout_at_a_time_holds_in_the_database_itself(rollout):
    from django.db import IntegrityError

    twin = Rollout(deployment=rollout.deployment, stable=rollout.stable, candidate=rollout.candidate, share=1, started_by=make_user())
    with pytest.raises(IntegrityError):
        twin.save()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("both", [("share", "promote"), ("promote", "roll back"), ("share", "share"), ("roll back", "roll back")])
def test_of_two_at_once_each_finds_what_stands(both):
    """The share may be changed and then promoted; of two ends exactly one counts, and its record is the only one."""
    make_rollout(make_deployment(name="defects"))
    people = [make_user(team_roles={"vision": "member"}) for _ in both]
    done = race(
        [lambda person=person, what=what: DONE[what](person, Rollout.objects.get()) for person, what in zip(people, both, strict=True)]
    )
    ended = Rollout.objects.get()
    serving = ModelDeployment.objects.get().revision
    accepted = [entry.action for entry in Entry.objects.filter(action__startswith="rollout.").order_by("pk")]
    assert len(accepted) == sum(done)
    assert sum(done) == (2 if both == ("share", "promote") and ended.share == 50 else 1)
    if ended.ended:
        assert serving == (ended.candidate if ended.ended == "promoted" else ended.stable)
        assert accepted[-1] == ("rollout.promote" if ended.ended == "promoted" else "rollout.roll_back")
    else:
        assert (serving, ended.share) == (ended.stable, 50)


def race(jobs):
    """Which of the jobs were done, all begun at once; the others met a Conflict."""
    barrier, done = threading.Barrier(len(jobs)), [False] * len(jobs)

    def run(number, job):
        try:
            barrier.wait(10)
            job()
            done[number] = True
        except Conflict:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return done


def test_the_newest_revision_is_the_candidate_while_it_is_tried(rollout):
    assert newest(rollout.deployment) == rollout.candidate
