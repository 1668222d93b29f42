"""Pausing, resuming, retrying, rolling back, deleting: by whom, once, and what stays."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.functions import Now

from audit.errors import Conflict
from audit.models import Entry
from deployments.actions import (
    delete_deployment,
    end_graces,
    follow_alias,
    note_removed,
    pause_deployment,
    promote_candidate,
    promote_to,
    resume_deployment,
    retry_deployment,
    roll_back,
    roll_back_candidate,
)
from deployments.models import ModelDeployment, Revision, Rollout
from deployments.spec import Scaling
from reconcile.clock import after
from tests.deploying import make_deployment, make_rollout, make_spec, make_version, revise, settle
from tests.deployments.asking import NAME, approve, ask_for, set_environment
from tests.factories import make_user
from tests.tenancy import make_namespace

pytestmark = pytest.mark.django_db


@pytest.fixture
def deployment():
    return settle(make_deployment(name=NAME))


@pytest.fixture
def bob():
    return make_user("bob", {"vision": "member"})


@pytest.fixture
def alice():
    return make_user("alice", {"vision": "owner"})


@pytest.fixture
def ada():
    return make_user("ada", platform_roles=["admin"])


@pytest.fixture
def dana():
    return make_user("dana", platform_roles=["approver"])


def one_entry(action, actor):
    entry = Entry.objects.latest("pk")
    assert (entry.action, entry.outcome, entry.actor) == (action, "accepted", actor)
    assert Entry.objects.filter(action=action).count() == 1


def test_a_pause_stops_it_and_keeps_its_row(deployment, bob):
    paused = pause_deployment(actor=bob, deployment=deployment)
    assert paused.paused
    assert paused.generation > paused.observed_generation
    assert paused.next_reconcile_at is not None
    one_entry("deployment.pause", bob)
    with pytest.raises(Conflict, match="paused already"):
        pause_deployment(actor=bob, deployment=deployment)
    assert not resume_deployment(actor=bob, deployment=deployment).paused
    one_entry("deployment.resume", bob)
    with pytest.raises(Conflict, match="not paused"):
        resume_deployment(actor=bob, deployment=deployment)


def test_what_is_paused_can_be_changed_and_stays_paused(deployment, bob):
    pause_deployment(actor=bob, deployment=deployment)
    assert ask_for(bob, deployment.namespace, scaling=Scaling(2, 2)).deployment.paused


def test_a_retry_makes_it_due(deployment, ada):
    assert retry_deployment(actor=ada, deployment=deployment).next_reconcile_at is not None
    one_entry("deployment.retry", ada)


DONE = {
    "pause": lambda actor, row: pause_deployment(actor=actor, deployment=row),
    "retry": lambda actor, row: retry_deployment(actor=actor, deployment=row),
    "roll back": lambda actor, row: roll_back(actor=actor, deployment=row, revision=row.revisions.get(number=1)),
    "follow": lambda actor, row: follow_alias(actor=actor, deployment=row, alias="champion"),
    "promote": lambda actor, row: promote_to(actor=actor, deployment=row, namespace=make_namespace(), reason="x"),
    "delete": lambda actor, row: delete_deployment(actor=actor, deployment=row, confirm=row.name),
}


@pytest.mark.parametrize("what", DONE)
@pytest.mark.parametrize("role", [{"vision": "viewer"}, {"speech": "owner"}, {}])
def test_who_is_no_member_changes_nothing_and_is_recorded(deployment, what, role):
    stranger = make_user(team_roles=role)
    with pytest.raises(PermissionDenied):
        DONE[what](stranger, deployment)
    fresh = ModelDeployment.objects.get()
    assert (fresh.paused, fresh.deletion_requested_at, fresh.follows, fresh.generation) == (False, None, "", deployment.generation)
    assert Entry.objects.filter(outcome="denied", actor=stranger).count() == 1


def gone(row):
    row.start_deletion(0)
    ModelDeployment.objects.filter(pk=row.pk).update(deletion_released=True, deleted_at=Now())
    return ModelDeployment.objects.get(pk=row.pk)


@pytest.mark.parametrize("what", ["pause", "roll back", "follow", "promote", "delete"])
def test_what_is_gone_is_changed_no_more(deployment, bob, what):
    row = gone(revise(deployment.namespace, NAME, make_spec(scaling=Scaling(2, 2))))
    with pytest.raises((Conflict, ValidationError)):
        DONE[what](bob, row)
    assert ModelDeployment.objects.count() == 1, "nothing came back under its name"


@pytest.mark.parametrize("what", ["pause", "roll back", "follow", "promote", "delete"])
def test_what_is_on_its_way_out_is_changed_no_more(deployment, bob, what):
    revise(deployment.namespace, NAME, make_spec(scaling=Scaling(2, 2)))
    deployment.refresh_from_db()
    deployment.start_deletion(3600)
    with pytest.raises((Conflict, ValidationError)):
        DONE[what](bob, deployment)
    assert Revision.objects.count() == 2


def test_a_revision_is_never_changed(deployment):
    revision = deployment.revision
    revision.reason = "other words"
    with pytest.raises(TypeError):
        revision.save()
    assert Revision.objects.get().reason != "other words"


def test_an_earlier_revision_serves_again_as_a_new_one_that_repeats_it(deployment, bob):
    revise(deployment.namespace, NAME, make_spec(scaling=Scaling(2, 2)))
    deployment.refresh_from_db()
    first = deployment.revisions.get(number=1)
    row = roll_back(actor=bob, deployment=deployment, revision=first).deployment
    assert (row.revision.number, row.revision.restores, row.revision.content) == (3, 1, first.content)
    assert row.revision.author == bob
    one_entry_count = Entry.objects.filter(action="deployment.revise", actor=bob).count()
    assert one_entry_count == 1


def test_what_serves_already_is_not_rolled_back_to(deployment, bob):
    with pytest.raises(Conflict) as caught:
        roll_back(actor=bob, deployment=deployment, revision=deployment.revision)
    assert caught.value.code == "nothing_to_do"


def back_to(number, actor):
    row = ModelDeployment.objects.get()
    return roll_back(actor=actor, deployment=row, revision=row.revisions.get(number=number))


def test_what_served_last_comes_back_at_once_whatever_policy_says_today(deployment, bob):
    namespace = set_environment(deployment.namespace, "production")
    revise(namespace, NAME, make_spec(scaling=Scaling(2, 2)))
    assert back_to(1, bob).deployment.revision.number == 3
    assert back_to(2, bob).deployment.revision.number == 4, "and forth"


def test_what_served_longer_ago_comes_back_by_todays_policy(deployment, bob, dana):
    for replicas in (2, 3):
        revise(deployment.namespace, NAME, make_spec(scaling=Scaling(replicas, replicas)), actor=bob)
    assert back_to(1, bob).deployment.revision.number == 4, "nobody has to decide it in development"
    set_environment(deployment.namespace, "production")
    request = back_to(2, bob).request
    assert ModelDeployment.objects.get().revision.number == 4
    assert request.justification == "Back to revision 2"
    approve(request, dana)
    revision = ModelDeployment.objects.get().revision
    assert (revision.number, revision.restores, revision.spec.scaling) == (5, 2, Scaling(2, 2))


def test_a_candidate_that_was_rolled_back_is_not_the_last_good_one(deployment, bob):
    make_rollout(deployment, replace(deployment.revision.spec, scaling=Scaling(2, 2)), actor=bob)
    roll_back_candidate(actor=bob, rollout=Rollout.objects.get())
    revise(deployment.namespace, NAME, make_spec(scaling=Scaling(3, 3)), actor=bob)
    set_environment(deployment.namespace, "production")
    assert back_to(2, bob).request
    assert back_to(1, bob).deployment


def test_a_revision_that_says_the_same_does_not_hide_the_last_good_one(deployment, bob):
    for _each in range(2):
        revise(deployment.namespace, NAME, make_spec(scaling=Scaling(2, 2)), actor=bob)
    set_environment(deployment.namespace, "production")
    assert back_to(1, bob).deployment.revision.number == 4


def test_a_roll_back_to_what_may_not_stand_any_more_is_refused(deployment, bob):
    version = deployment.revision.model_version
    revise(deployment.namespace, NAME, make_spec(make_version()))
    deployment.refresh_from_db()
    type(version).objects.filter(pk=version.pk).update(gone_at=Now())
    with pytest.raises(ValidationError):
        roll_back(actor=bob, deployment=deployment, revision=deployment.revisions.get(number=1))


def test_a_deletion_needs_the_name(deployment, bob):
    for confirm in ("", "defect", "DEFECTS", "defects "):
        with pytest.raises(ValidationError):
            delete_deployment(actor=bob, deployment=deployment, confirm=confirm)
    assert ModelDeployment.objects.get().deletion_requested_at is None


@pytest.mark.parametrize("seconds", [-1, 7 * 24 * 3600 + 1])
def test_a_grace_is_at_most_a_week(deployment, bob, seconds):
    with pytest.raises(ValidationError) as caught:
        delete_deployment(actor=bob, deployment=deployment, confirm=NAME, grace_seconds=seconds)
    assert "grace_seconds" in caught.value.message_dict


def test_in_production_owners_delete(deployment, bob, alice):
    set_environment(deployment.namespace, "production")
    with pytest.raises(PermissionDenied):
        delete_deployment(actor=bob, deployment=deployment, confirm=NAME)
    assert delete_deployment(actor=alice, deployment=deployment, confirm=NAME).deletion_requested_at


def test_an_administrator_deletes(deployment, ada):
    assert delete_deployment(actor=ada, deployment=deployment, confirm=NAME).deletion_released


def test_without_a_grace_its_objects_go_now(deployment, bob):
    row = delete_deployment(actor=bob, deployment=deployment, confirm=NAME)
    assert (row.deletion_released, row.state) == (True, "deleting")
    one_entry("deployment.delete", bob)


def test_within_the_grace_it_is_stopped_and_kept(deployment, bob):
    row = delete_deployment(actor=bob, deployment=deployment, confirm=NAME, grace_seconds=3600)
    assert (row.deletion_released, row.deletion_requested_at is not None) == (False, True)
    assert row.next_reconcile_at is not None
    assert end_graces() == 0
    assert not ModelDeployment.objects.get().deletion_released


def test_a_grace_that_is_over_is_ended_by_the_databases_clock_however_late(deployment, bob):
    delete_deployment(actor=bob, deployment=deployment, confirm=NAME, grace_seconds=3600)
    ModelDeployment.objects.update(delete_after=after(-7200), next_reconcile_at=None)
    assert end_graces() == 1
    row = ModelDeployment.objects.get()
    assert row.deletion_released
    assert row.next_reconcile_at is not None
    assert end_graces() == 0, "once"


def test_the_clock_of_the_machine_counts_for_nothing(deployment, bob, monkeypatch):
    import datetime as dt

    delete_deployment(actor=bob, deployment=deployment, confirm=NAME, grace_seconds=3600)
    late = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    assert end_graces() == 0


def test_a_deletion_ends_its_rollout(deployment, bob):
    rollout = make_rollout(deployment)
    delete_deployment(actor=bob, deployment=deployment, confirm=NAME, grace_seconds=60)
    ended = Rollout.objects.get()
    assert (ended.ended, ended.ended_by) == ("deleted", bob)
    with pytest.raises(Conflict):
        promote_candidate(actor=bob, rollout=rollout)


def test_the_record_stays_and_its_name_is_free_again(deployment, bob):
    row = delete_deployment(actor=bob, deployment=deployment, confirm=NAME)
    note_removed(row)
    note_removed(row)
    assert ModelDeployment.objects.get().state == "deleted"
    assert Entry.objects.filter(action="deployment.deleted").count() == 1
    fresh = ask_for(bob, row.namespace, options={"seen_revision": 0}).deployment
    assert (fresh.pk != row.pk, fresh.revision.number, ModelDeployment.objects.count()) == (True, 1, 2)
