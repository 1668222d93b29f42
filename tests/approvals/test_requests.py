"""What may become of a request, and by whom."""

import itertools

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from approvals import actions
from approvals.models import Plan, Request, TimelineEntry
from approvals.queries import tab, tab_counts
from approvals.states import TRANSITIONS, RequestOutcome, State
from audit.errors import Conflict
from audit.models import Entry
from tests.factories import make_team, make_user
from tests.tenancy import approve, ask, make_cluster, make_wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    make_cluster()
    return make_user("alice", {"vision": "owner"})


@pytest.fixture
def approver():
    return make_user("dana", platform_roles=["approver"])


@pytest.fixture
def request_(alice):
    return ask(alice, make_team("vision"), make_wish(name="vision-prod"))


def planned(request, verdict="creates"):
    """Gives the request a current plan as a worker would."""
    Plan.objects.filter(request=request).update(made_for=request.version, observed_generation=1, objects_planned=[{"verdict": verdict}])
    request.refresh_from_db()
    return request


def test_an_owner_can_ask_and_the_plan_is_due(request_, alice):
    assert (request_.state, request_.version, request_.outcome) == (State.PENDING, 1, "")
    assert request_.plan.next_reconcile_at is not None
    assert [entry.what for entry in request_.timeline.all()] == ["opened"]
    assert Entry.objects.filter(action="request.opened", subject_id=str(request_.pk), actor=alice).count() == 1


def test_a_viewer_cannot_ask_and_the_denial_is_recorded(alice):
    viewer = make_user(team_roles={"vision": "viewer"})
    with pytest.raises(PermissionDenied):
        ask(viewer, make_team("vision"), make_wish())
    assert not Request.objects.exists()
    assert Entry.objects.get(outcome="denied").actor == viewer


def test_a_stranger_cannot_ask_for_a_team(alice):
    with pytest.raises(PermissionDenied):
        ask(make_user(team_roles={"speech": "owner"}), make_team("vision"), make_wish())


def test_nobody_can_decide_their_own_request_even_as_approver(request_, alice):
    alice.platform_roles.create(role="approver")
    for decide in (actions.approve_request, actions.reject_request, actions.ask_for_changes):
        with pytest.raises(PermissionDenied):
            decide(actor=alice, request=request_, seen_version=1, reason="mine")
    request_.refresh_from_db()
    assert request_.state == State.PENDING
    assert Entry.objects.filter(outcome="denied", actor=alice).count() == 3


@pytest.mark.parametrize("roles", [{}, {"vision": "owner"}, {"vision": "member"}, {"speech": "owner"}])
def test_a_person_without_the_role_cannot_decide(request_, roles):
    person = make_user(team_roles=roles)
    with pytest.raises(PermissionDenied):
        actions.approve_request(actor=person, request=planned(request_), seen_version=1)


def test_an_auditor_cannot_decide(request_):
    with pytest.raises(PermissionDenied):
        actions.approve_request(actor=make_user(platform_roles=["auditor"]), request=planned(request_), seen_version=1)


def test_an_approver_can_approve_what_was_planned(request_, approver):
    actions.approve_request(actor=approver, request=planned(request_), seen_version=1, reason="fine")
    request_.refresh_from_db()
    assert (request_.state, request_.outcome, request_.decided_by, request_.decided) == ("approved", "applying", approver, None)
    assert request_.namespace.pk == request_.result_id
    assert request_.namespace.next_reconcile_at is not None
    assert Entry.objects.filter(action="request.approved").count() == 1


def test_an_approver_cannot_decide_without_a_plan_unless_confirmed(request_, approver):
    with pytest.raises(Conflict) as refused:
        actions.approve_request(actor=approver, request=request_, seen_version=1)
    assert refused.value.code == "no_plan"
    actions.approve_request(actor=approver, request=request_, seen_version=1, confirmed=True)


def test_an_approver_cannot_approve_a_refused_plan_unless_confirmed(request_, approver):
    with pytest.raises(Conflict) as refused:
        actions.approve_request(actor=approver, request=planned(request_, "refused"), seen_version=1)
    assert refused.value.code == "plan_refused"


def test_an_approver_cannot_decide_a_version_that_they_did_not_see(request_, alice, approver):
    actions.revise_request(
        actor=alice, request=request_, wanted=make_wish(name="vision-prod", cpu=9000).dump(), justification="more", seen_version=1
    )
    with pytest.raises(Conflict) as stale:
        actions.approve_request(actor=approver, request=planned(request_), seen_version=1)
    assert stale.value.code == "stale_version"
    assert Request.objects.get().state == State.PENDING


def test_a_revision_raises_the_version_and_makes_the_plan_due(request_, alice):
    planned(request_)
    Plan.objects.update(next_reconcile_at=None)
    wanted = make_wish(name="vision-prod", cpu=9000).dump()
    actions.revise_request(actor=alice, request=request_, wanted=wanted, justification="more", seen_version=1)
    plan = Plan.objects.get()
    assert (request_.version, request_.requested["resources"]["cpu"]) == (2, 9000)
    assert plan.next_reconcile_at is not None
    assert not plan.is_current


def test_an_approver_can_decide_other_numbers_and_both_stay_on_record(request_, approver):
    other = make_wish(name="vision-prod", gpus={}).dump()
    actions.approve_request(actor=approver, request=planned(request_), seen_version=1, decided=other)
    request_.refresh_from_db()
    assert request_.requested["resources"]["gpus"] == {"h100": 1}
    assert request_.decided["resources"]["gpus"] == {}
    assert request_.namespace.quota.gpus == {}


def test_an_approver_cannot_reject_without_a_reason(request_, approver):
    for decide in (actions.reject_request, actions.ask_for_changes):
        with pytest.raises(ValidationError) as error:
            decide(actor=approver, request=request_, seen_version=1, reason="  ")
        assert "reason" in error.value.message_dict


def test_a_second_request_of_the_team_supersedes_the_first_visibly(request_, alice):
    second = ask(alice, make_team("vision"), make_wish(name="vision-prod", cpu=1000))
    request_.refresh_from_db()
    assert (request_.state, request_.superseded_by) == (State.SUPERSEDED, second)
    assert request_.timeline.filter(what="superseded").exists()


def test_a_colleagues_request_is_superseded_only_by_who_could_withdraw_it(request_, alice):
    bob = make_user(team_roles={"vision": "member"})
    with pytest.raises(Conflict, match=f"{request_.requester} already asks for this in #{request_.pk}"):
        ask(bob, make_team("vision"), make_wish(name="vision-prod", cpu=1000))
    request_.refresh_from_db()
    assert request_.state == State.PENDING
    owner = make_user(team_roles={"vision": "owner"})
    ask(owner, make_team("vision"), make_wish(name="vision-prod", cpu=1000))
    request_.refresh_from_db()
    assert request_.state == State.SUPERSEDED


def test_a_decision_that_comes_second_is_told_so_and_not_that_the_name_is_taken(request_, approver):
    stale = Request.objects.get(pk=request_.pk)
    actions.approve_request(actor=approver, request=request_, seen_version=1, confirmed=True)
    with pytest.raises(Conflict) as refused:
        actions.approve_request(actor=make_user(platform_roles=["approver"]), request=stale, seen_version=1, confirmed=True)
    assert refused.value.code == "already_decided"


def test_another_team_cannot_ask_for_the_same_name(request_):
    carol = make_user("carol", {"speech": "owner"})
    with pytest.raises((Conflict, ValidationError)):
        ask(carol, make_team("speech"), make_wish(name="vision-prod"))
    assert Request.objects.get().state == State.PENDING


def test_the_requester_can_withdraw_and_a_stranger_cannot(request_, alice):
    with pytest.raises(PermissionDenied):
        actions.withdraw_request(actor=make_user(team_roles={"vision": "member"}), request=request_)
    actions.withdraw_request(actor=alice, request=request_)
    assert Request.objects.get().state == State.WITHDRAWN


FINAL = [state for state in State.values if state != State.PENDING]


@pytest.mark.parametrize(("state", "verb"), list(itertools.product(FINAL, ["approve", "reject", "changes", "withdraw", "revise"])))
def test_a_decided_request_cannot_move_again(request_, alice, approver, state, verb):
    Request.objects.update(state=state)
    request_.refresh_from_db()
    seen = {"request": request_, "seen_version": 1}
    calls = {
        "approve": lambda: actions.approve_request(actor=approver, confirmed=True, **seen),
        "reject": lambda: actions.reject_request(actor=approver, reason="no", **seen),
        "changes": lambda: actions.ask_for_changes(actor=approver, reason="no", **seen),
        "withdraw": lambda: actions.withdraw_request(actor=alice, request=request_),
        "revise": lambda: actions.revise_request(actor=alice, wanted=request_.requested, justification="x", **seen),
    }
    before = TimelineEntry.objects.count()
    with pytest.raises(Conflict):
        calls[verb]()
    assert Request.objects.get().state == state
    assert TimelineEntry.objects.count() == before


def test_the_transition_table_names_every_state():
    assert set(TRANSITIONS) == set(State.values)
    assert {to for targets in TRANSITIONS.values() for to in targets} == set(FINAL)


def test_each_tab_holds_what_its_name_says(request_, alice, approver):
    bob = make_user("bob", {"vision": "member"})
    assert tab_counts(alice) == {"open": 1, "mine": 1, "needs-me": 0, "decided": 0}
    assert tab_counts(bob) == {"open": 1, "mine": 0, "needs-me": 0, "decided": 0}
    assert tab_counts(approver) == {"open": 1, "mine": 0, "needs-me": 1, "decided": 0}
    assert tab_counts(make_user(team_roles={"speech": "owner"})) == {"open": 0, "mine": 0, "needs-me": 0, "decided": 0}
    actions.ask_for_changes(actor=approver, request=request_, seen_version=1, reason="less, please")
    assert list(tab(alice, "needs-me")) == [request_]
    assert not tab(approver, "needs-me").exists()


def test_an_outcome_is_told_once(request_):
    approve(request_)
    request_.refresh_from_db()
    assert actions.mark_outcome(request_, RequestOutcome.APPLIED, "15 objects", applied=request_.requested)
    assert not actions.mark_outcome(request_, RequestOutcome.APPLIED, "15 objects", applied=request_.requested)
    assert request_.timeline.filter(what="applied").count() == 1
