"""Deploying: at once where the policy lets, else as a request that somebody else decides; once, and with its record."""

import sys

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from approvals.models import Request
from approvals.states import State
from audit.errors import Conflict
from audit.models import Entry
from deployments.actions import deploy, revise_wish
from deployments.models import DeploymentPolicy, ModelDeployment, Revision
from deployments.policies import approval_reasons
from deployments.queries import version_of
from deployments.spec import Scaling, Source
from deployments.wish import Trial
from tests.deploying import make_model, make_serving_namespace, make_spec, make_version, revise
from tests.deployments.asking import NAME, approve, ask_for, set_environment, wish_for, with_cards
from tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def namespace():
    make_version(aliases=("champion",))
    return make_serving_namespace()


@pytest.fixture
def bob():
    return make_user("bob", {"vision": "member"})


@pytest.fixture
def dana():
    return make_user("dana", platform_roles=["approver"])


def test_what_needs_no_decision_is_wanted_at_once(namespace, bob):
    before = Entry.objects.count()
    placed = ask_for(bob, namespace)
    assert placed.request is None
    deployment = ModelDeployment.objects.get()
    assert placed.deployment == deployment
    assert (deployment.revision.number, deployment.revision.author, deployment.revision.reason) == (1, bob, "The new line.")
    assert deployment.revision.spec == make_spec()
    assert deployment.revision.model_version.number == 1
    assert deployment.next_reconcile_at is not None
    assert deployment.generation > deployment.observed_generation
    assert Entry.objects.count() == before + 1
    entry = Entry.objects.latest("pk")
    assert (entry.action, entry.outcome, entry.actor, entry.team_name) == ("deployment.revise", "accepted", bob, "vision")


@pytest.mark.parametrize("role", [{"vision": "viewer"}, {"speech": "owner"}, {}])
def test_who_is_no_member_cannot_deploy_and_is_recorded(namespace, role):
    stranger = make_user(team_roles=role)
    with pytest.raises(PermissionDenied):
        ask_for(stranger, namespace)
    assert not ModelDeployment.objects.exists()
    assert Entry.objects.filter(outcome="denied", action="deployment.deploy", actor=stranger).count() == 1


@pytest.mark.parametrize("role", ["admin", "approver", "auditor"])
def test_a_platform_role_alone_cannot_deploy(namespace, role):
    with pytest.raises(PermissionDenied):
        ask_for(make_user(platform_roles=[role]), namespace)


ASKS = {
    "production": ("development", {}, "production"),
    "staging without the alias": ("staging", {"source": "plain"}, "alias"),
    "outside": ("development", {"exposure": "outside"}, "outside"),
    "many cards": ("development", {"size": with_cards(3)}, "GPUs"),
    "many cards in all": ("development", {"size": with_cards(1), "scaling": Scaling(1, 3, cpu=80)}, "GPUs"),
    "a place in staging": ("staging", {"source": Source("uri", uri="s3://models-vision/m")}, "alias"),
}
FREE = {
    "development": ("development", {}),
    "staging with the alias": ("staging", {}),
    "few cards": ("development", {"size": with_cards(2)}),
    "development without the alias": ("development", {"source": "plain"}),
}


def prepared(namespace, environment, changes):
    namespace.team.storage_prefixes.create(prefix="s3://models-vision/")
    set_environment(namespace, "production" if environment == "production" else environment)
    if changes.get("source") == "plain":
        changes = {**changes, "source": make_spec(make_version()).source}
    return changes


@pytest.mark.parametrize("case", ASKS)
def test_each_reason_of_the_policy_asks_for_a_decision_in_plain_words(namespace, bob, case):
    environment, changes, word = ASKS[case]
    changes = prepared(namespace, "production" if case == "production" else environment, changes)
    placed = ask_for(bob, namespace, options={"confirmed": True}, **changes)
    assert placed.deployment is None
    assert not ModelDeployment.objects.exists()
    request = placed.request
    assert (request.kind, request.state, request.requester, request.team) == ("deployment", State.PENDING, bob, namespace.team)
    wish = wish_for(namespace, **changes)
    reasons = approval_reasons(namespace, wish, version_of(wish.spec.source))
    assert len(reasons) == 1
    assert word in reasons[0]


@pytest.mark.parametrize("case", FREE)
def test_what_no_rule_names_needs_no_decision(namespace, bob, case):
    environment, changes = FREE[case]
    changes = prepared(namespace, environment, changes)
    assert ask_for(bob, namespace, options={"confirmed": True}, **changes).deployment


def test_the_administrators_policy_counts(namespace, bob):
    DeploymentPolicy.objects.create(cluster=namespace.cluster, production_needs_approval=False, alias="", outside_needs_approval=False)
    set_environment(namespace, "production")
    assert ask_for(bob, namespace, exposure="outside", source=make_spec(make_version()).source).deployment


def test_an_alias_that_moved_away_no_longer_helps(namespace, bob):
    set_environment(namespace, "staging")
    make_version(aliases=("champion",))
    assert ask_for(bob, namespace, spec=make_spec(version_of(Source("model", "defects", 1)))).request


def test_a_decision_needs_a_reason_to_decide_on(namespace, bob):
    set_environment(namespace, "production")
    with pytest.raises(ValidationError) as caught:
        ask_for(bob, namespace, reason="  ")
    assert "reason" in caught.value.message_dict
    assert not Request.objects.filter(kind="deployment").exists()


def test_a_yes_makes_the_revision_in_the_name_of_who_asked(namespace, bob, dana):
    set_environment(namespace, "production")
    request = ask_for(bob, namespace).request
    before = Entry.objects.count()
    decided = approve(request, dana)
    deployment = ModelDeployment.objects.get(pk=decided.result_id)
    assert (deployment.revision.author, deployment.revision.request, deployment.revision.reason) == (bob, request, "The new line.")
    assert Entry.objects.count() == before + 2  # the decision, and what it changed


def test_nobody_decides_their_own_wish(namespace, dana):
    set_environment(namespace, "production")
    both = make_user(team_roles={"vision": "owner"}, platform_roles=["approver"])
    request = ask_for(both, namespace).request
    with pytest.raises(PermissionDenied):
        approve(request, both)
    assert not ModelDeployment.objects.exists()
    approve(request, dana)
    assert ModelDeployment.objects.exists()


def test_a_yes_to_a_difference_that_is_no_longer_one_is_refused(namespace, bob, dana):
    revise(namespace, NAME, make_spec())
    request = ask_for(bob, namespace, exposure="outside").request
    assert request.original["revision"] == 1
    revise(namespace, NAME, make_spec(scaling=Scaling(2, 2)))
    with pytest.raises(Conflict) as caught:
        approve(request, dana)
    assert caught.value.code == "stale_revision"
    request.refresh_from_db()
    assert request.state == State.PENDING
    assert Revision.objects.count() == 2


def test_a_second_wish_for_the_same_place_takes_the_place_of_the_first_visibly(namespace, bob):
    set_environment(namespace, "production")
    first = ask_for(bob, namespace).request
    second = ask_for(bob, namespace, exposure="outside").request
    first.refresh_from_db()
    assert (first.state, first.superseded_by) == (State.SUPERSEDED, second)


def test_an_open_wish_can_be_changed_but_not_moved(namespace, bob):
    set_environment(namespace, "production")
    request = ask_for(bob, namespace).request
    changed = revise_wish(actor=bob, request=request, wish=wish_for(namespace, exposure="outside"), reason="Outside, too.", seen_version=1)
    assert (changed.version, changed.requested["spec"]["exposure"]) == (2, "outside")
    with pytest.raises(Conflict) as caught:
        revise_wish(actor=bob, request=changed, wish=wish_for(namespace, name="other"), reason="x", seen_version=2)
    assert caught.value.code == "subject_fixed"


def test_a_namespace_that_went_meanwhile_gets_nothing(namespace, bob, dana):
    set_environment(namespace, "production")
    request = ask_for(bob, namespace).request
    namespace.start_deletion()
    with pytest.raises(ValidationError):
        approve(request, dana)
    assert not ModelDeployment.objects.exists()


def test_a_new_one_cannot_take_the_name_of_one_that_stands(namespace, bob):
    ask_for(bob, namespace)
    with pytest.raises(Conflict) as caught:
        ask_for(bob, namespace, options={"seen_revision": 0})
    assert caught.value.code == "name_taken"
    assert Revision.objects.count() == 1


def test_a_change_of_what_is_no_longer_seen_is_refused(namespace, bob):
    ask_for(bob, namespace)
    ask_for(bob, namespace, scaling=Scaling(2, 2), options={"seen_revision": 1})
    with pytest.raises(Conflict) as caught:
        ask_for(bob, namespace, scaling=Scaling(3, 3), options={"seen_revision": 1})
    assert caught.value.code == "stale_revision"
    assert ModelDeployment.objects.get().revision.number == 2


def test_what_would_not_start_can_be_confirmed(namespace, bob):
    namespace.cluster.capabilities = {}
    namespace.cluster.save()
    with pytest.raises(Conflict) as caught:
        ask_for(bob, namespace)
    assert caught.value.code == "would_not_start"
    assert ask_for(bob, namespace, options={"confirmed": True}).deployment


def test_a_candidate_needs_something_to_stand_beside(namespace, bob):
    with pytest.raises(ValidationError) as caught:
        ask_for(bob, namespace, trial=Trial(20))
    assert "share" in caught.value.message_dict


def test_a_model_of_another_team_cannot_be_deployed(namespace, bob):
    theirs = make_version(make_model("voices", make_team("speech")), aliases=("champion",))
    with pytest.raises(ValidationError) as caught:
        ask_for(bob, namespace, spec=make_spec(theirs))
    assert "speech" in caught.value.message_dict["model"][0]


def test_a_long_source_makes_no_title_that_is_too_long(namespace, bob):
    set_environment(namespace, "production")
    namespace.team.storage_prefixes.create(prefix="s3://models-vision/")
    uri = "s3://models-vision/" + "a" * 900
    request = ask_for(bob, namespace, source=Source("uri", uri=uri)).request
    request.full_clean(exclude=["superseded_by", "original", "decided", "applied", "decided_by"])
    assert len(request.title) <= 200


def test_the_row_that_stands_is_the_one_that_is_revised(namespace, bob):
    first = ask_for(bob, namespace).deployment
    second = ask_for(bob, namespace, scaling=Scaling(2, 2)).deployment
    assert (first.pk, second.pk, second.revision.number) == (first.pk, first.pk, 2)
    assert [revision.number for revision in second.revisions.all()] == [2, 1]


def test_deploying_is_by_keyword_and_leaves_nothing_of_a_failed_one(namespace, bob, monkeypatch):
    monkeypatch.setattr(sys.modules["deployments.actions.place"], "announce", lambda row: 1 / 0)
    before = Entry.objects.count()
    with pytest.raises(ZeroDivisionError):
        deploy(actor=bob, namespace=namespace, wish=wish_for(namespace), reason="x")
    assert (ModelDeployment.objects.count(), Revision.objects.count(), Entry.objects.count()) == (0, 0, before)
