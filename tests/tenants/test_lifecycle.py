"""What approvals, dates and deletions do to namespaces and to the capacity that they hold."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.actions import remove_membership, set_membership
from approvals.models import Request
from audit.errors import Conflict
from audit.models import Entry
from clusters.models import Allotment, CapacityAccount
from reconcile import registry
from reconcile.outcome import Outcome
from tenants.actions import delete_namespace, end_due_grants, retry_namespace
from tenants.gathering import facts_of
from tenants.manifests import render
from tenants.models import Grant, Namespace
from tenants.resources import Resources
from tests.factories import make_team, make_user
from tests.tenancy import GIB, approve, ask, make_cluster, make_namespace, make_wish

pytestmark = pytest.mark.django_db


def granted(key="gpu:h100"):
    return CapacityAccount.objects.get(key=key).granted


def settle(namespace, state="done", reason="Applied", message="15 objects confirmed"):
    """Reports an attempt's outcome as the engine does."""
    Namespace.objects.filter(pk=namespace.pk).update(observed_generation=namespace.generation if state == "done" else 0)
    namespace.refresh_from_db()
    registry.kind("namespace").settled(namespace, Outcome(state, reason, message))
    namespace.refresh_from_db()
    return Request.objects.get(namespace=namespace)


def test_an_approval_reserves_what_was_decided():
    namespace = make_namespace(gpus={"h100": 3})
    assert granted() == 3
    assert granted("cpu") == 8000
    assert granted("memory") == 32 * GIB
    assert set(Allotment.objects.values_list("holder", flat=True)) == {namespace.holder}


def test_an_approval_over_the_ceiling_decides_nothing():
    cluster = make_cluster(h100=4)
    make_namespace(cluster, gpus={"h100": 3})
    alice = make_user(team_roles={"speech": "owner"})
    request = ask(alice, make_team("speech"), make_wish(cluster, gpus={"h100": 2}))
    with pytest.raises(Conflict, match="free"):
        approve(request)
    request.refresh_from_db()
    assert (request.state, request.outcome) == ("pending", "")
    assert granted() == 3
    assert Namespace.objects.count() == 1


def test_an_applied_request_says_so_once_and_later_drift_does_not_unsay_it():
    namespace = make_namespace()
    request = settle(namespace)
    assert (request.outcome, request.applied) == ("applied", request.requested)
    assert settle(namespace, "retry", "Forbidden", "no").outcome == "applied"
    assert request.timeline.filter(what="applied").count() == 1


def test_a_request_that_cannot_be_applied_fails_visibly_with_the_reason():
    request = settle(make_namespace(), "refused", "Forbidden", "roles is forbidden")
    assert (request.state, request.outcome) == ("approved", "failed")
    assert "roles is forbidden" in request.outcome_message


def test_an_attempt_that_is_continued_or_was_at_what_stood_before_has_not_failed():
    namespace = make_namespace()
    assert settle(namespace, "retry", "OutOfTime", "the cluster answered too slowly").outcome == "applying"
    late = Outcome("refused", "Forbidden", "no", generation=namespace.generation - 1)
    registry.kind("namespace").settled(namespace, late)
    assert Request.objects.get(namespace=namespace).outcome == "applying"


def test_a_grant_with_an_end_is_on_top_of_nothing_and_ends_by_itself():
    ends_at = timezone.now() + dt.timedelta(days=7)
    namespace = make_namespace(ends_at=ends_at)
    assert namespace.quota.gpus == {"h100": 1}
    assert end_due_grants() == 0
    Grant.objects.update(ends_at=timezone.now() - dt.timedelta(seconds=1))
    assert end_due_grants() == 1
    assert end_due_grants() == 0, "a grant ends once"
    again = Namespace.objects.get()
    assert again.quota == Resources(0, 0, 0, {"h100": 0}) or not again.quota
    assert (again.generation, granted(), granted("cpu")) == (2, 0, 0)
    assert again.next_reconcile_at is not None
    quota = next(m for m in render(facts_of(again)) if m["kind"] == "ResourceQuota")
    assert quota["spec"]["hard"]["requests.nvidia.com/gpu"] == "0"
    assert Entry.objects.filter(action="grant.end").count() == 1


def test_an_owner_can_delete_only_by_its_name():
    namespace = make_namespace()
    owner = make_user(team_roles={"vision": "owner"})
    with pytest.raises(ValidationError, match=namespace.name):
        delete_namespace(actor=owner, namespace=namespace, confirm="vision")
    delete_namespace(actor=owner, namespace=namespace, confirm=namespace.name)
    assert Namespace.objects.get().state == "deleting"
    assert granted() == 1, "capacity is free only when the cluster confirmed it"
    with pytest.raises(Conflict):
        delete_namespace(actor=owner, namespace=namespace, confirm=namespace.name)


@pytest.mark.parametrize("roles", [{"vision": "member"}, {"vision": "viewer"}, {"speech": "owner"}, {}])
def test_others_cannot_delete(roles):
    namespace = make_namespace()
    with pytest.raises(PermissionDenied):
        delete_namespace(actor=make_user(team_roles=roles), namespace=namespace, confirm=namespace.name)
    assert Namespace.objects.get().deletion_requested_at is None


def test_a_removed_namespace_gives_its_capacity_back_once():
    namespace = make_namespace()
    namespace.start_deletion()
    for _ in range(2):
        registry.kind("namespace").settled(namespace, Outcome("removed", "Deleted"))
    assert (granted(), granted("cpu")) == (0, 0)
    assert Namespace.objects.get().state == "deleted"
    assert Entry.objects.filter(action="namespace.deleted").count() == 1
    with pytest.raises(Conflict):
        retry_namespace(actor=make_user(team_roles={"vision": "owner"}), namespace=Namespace.objects.get())


def test_a_member_can_retry_and_a_viewer_cannot():
    namespace = make_namespace()
    Namespace.objects.update(next_reconcile_at=None, crashes=5, failures=7)
    with pytest.raises(PermissionDenied):
        retry_namespace(actor=make_user(team_roles={"vision": "viewer"}), namespace=namespace)
    retry_namespace(actor=make_user(team_roles={"vision": "member"}), namespace=namespace)
    again = Namespace.objects.get()
    assert again.next_reconcile_at is not None
    assert (again.crashes, again.failures) == (0, 0)


def test_a_change_of_the_team_reaches_its_role_bindings():
    namespace = make_namespace()
    Namespace.objects.update(next_reconcile_at=None)
    admin, bob = make_user(platform_roles=["admin"]), make_user("bob")
    set_membership(actor=admin, team=namespace.team, user=bob, role="member")
    again = Namespace.objects.get()
    assert (again.generation, again.next_reconcile_at is not None) == (2, True)
    assert {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "oidc:bob"} in subjects(again, "slipway-member")
    remove_membership(actor=admin, team=namespace.team, user=bob)
    assert subjects(Namespace.objects.get(), "slipway-member") == []
    assert Namespace.objects.get().generation == 3


def subjects(namespace, name):
    return next(m for m in render(facts_of(namespace)) if m["kind"] == "RoleBinding" and m["metadata"]["name"] == name)["subjects"]
