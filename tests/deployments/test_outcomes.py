"""Every request that was approved learns an end: applied, also as a candidate, or failed with the reason."""

import pytest
from django.db.models.functions import Now

from approvals.states import RequestOutcome
from deployments.actions import delete_deployment, roll_back
from deployments.models import ModelDeployment
from deployments.outcomes import DELETED, REPLACED
from deployments.spec import Scaling
from deployments.wish import Trial
from reconcile.attempt import claim
from reconcile.outcome import Outcome
from reconcile.registry import kind
from tests.deploying import fail, make_deployment, settle
from tests.deployments.asking import NAME, approve, ask_for, set_environment
from tests.factories import make_user

pytestmark = pytest.mark.django_db
APPLIED, FAILED, APPLYING = RequestOutcome.APPLIED, RequestOutcome.FAILED, RequestOutcome.APPLYING


@pytest.fixture
def bob():
    return make_user("bob", {"vision": "owner"})


@pytest.fixture
def deployment():
    row = settle(make_deployment(name=NAME))
    set_environment(row.namespace, "production")
    return row


def ask_and_approve(bob, deployment, **wish):
    request = ask_for(bob, deployment.namespace, scaling=Scaling(2, 2), options={"confirmed": True}, **wish).request
    return approve(request, make_user("dana", platform_roles=["approver"]))


def attempt(outcome):
    kind("deployment").settled(kind("deployment").rows().get(), outcome)


def told(request):
    request.refresh_from_db()
    return request.outcome, request.outcome_message


def test_a_candidate_that_stands_beside_what_serves_was_applied(deployment, bob):
    request = ask_and_approve(bob, deployment, trial=Trial(20))
    attempt(Outcome("waiting", "Progressing", "2 objects are on their way"))
    assert told(request) == (APPLYING, "2 objects are on their way")
    settle(ModelDeployment.objects.get())
    attempt(Outcome("done", "Applied", "4 objects"))
    assert told(request)[0] == APPLIED


def test_a_revision_that_never_came_to_be_applied_has_failed(deployment, bob):
    request = ask_and_approve(bob, deployment)
    row = ModelDeployment.objects.get()
    roll_back(actor=bob, deployment=row, revision=row.revisions.get(number=1))
    attempt(Outcome("waiting", "Progressing", ""))
    assert told(request) == (FAILED, REPLACED)


def test_a_deployment_that_is_deleted_leaves_no_request_open(deployment, bob):
    request = ask_and_approve(bob, deployment)
    delete_deployment(actor=bob, deployment=ModelDeployment.objects.get(), confirm=NAME, grace_seconds=600)
    attempt(Outcome("waiting", "Progressing", ""))
    assert told(request) == (FAILED, DELETED)


def test_a_deployment_that_is_gone_leaves_no_request_open(deployment, bob):
    request = ask_and_approve(bob, deployment)
    delete_deployment(actor=bob, deployment=ModelDeployment.objects.get(), confirm=NAME)
    attempt(Outcome("removed", "Deleted", ""))
    assert told(request) == (FAILED, DELETED)


def test_an_attempt_that_ran_out_of_time_is_continued_and_has_not_failed(deployment, bob):
    request = ask_and_approve(bob, deployment)
    attempt(Outcome("retry", "OutOfTime", "it is continued"))
    assert told(request) == (APPLYING, "it is continued")
    assert ModelDeployment.objects.get().state == "applying"


def test_what_waits_for_a_kind_has_not_failed(deployment, bob):
    request = ask_and_approve(bob, deployment)
    attempt(Outcome("waiting", "KindMissing", "no KServe"))
    assert told(request) == (APPLYING, "no KServe")
    assert fail(ModelDeployment.objects.get(), "KindMissing", "no KServe").state == "waiting"


def test_what_the_cluster_refused_has_failed_and_may_be_applied_later(deployment, bob):
    request = ask_and_approve(bob, deployment)
    attempt(Outcome("refused", "Forbidden", "no"))
    assert told(request) == (FAILED, "Forbidden: no")
    settle(ModelDeployment.objects.get())
    attempt(Outcome("done", "Applied", ""))
    assert told(request)[0] == APPLIED


def test_a_refusal_of_what_stood_before_says_nothing_of_what_was_approved_meanwhile(deployment, bob):
    ModelDeployment.objects.update(next_reconcile_at=Now())
    claimed = claim(kind("deployment"), deployment.pk)
    request = ask_and_approve(bob, deployment)
    claimed.finish(Outcome("refused", "Forbidden", "of the one before"))
    assert told(request)[0] == APPLYING
    assert not request.timeline.filter(what="failed").exists()
    claim(kind("deployment"), deployment.pk).finish(Outcome("refused", "Forbidden", "of this one"))
    assert told(request) == (FAILED, "Forbidden: of this one")


def test_the_page_says_whether_it_is_still_tried(client, deployment, bob):
    request = ask_and_approve(bob, deployment)
    client.force_login(bob)
    attempt(Outcome("refused", "Forbidden", "no"))
    assert "The portal goes on trying" in client.get(f"/requests/{request.pk}/").content.decode()
    row = ModelDeployment.objects.get()
    roll_back(actor=bob, deployment=row, revision=row.revisions.get(number=1))
    attempt(Outcome("waiting", "Progressing", ""))
    html = client.get(f"/requests/{request.pk}/").content.decode()
    assert "never applied" in html
    assert "goes on trying" not in html
