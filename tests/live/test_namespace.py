"""One namespace end to end on a real API server: asked, planned, approved, applied, looked at past the portal, deleted."""

import time

import pytest

from approvals import actions
from clusters.actions import declare_flavor
from kube.inventory import Ref
from kube.kinds import path_of
from reconcile.engine import reconcile
from tenants.actions import delete_namespace
from tenants.models import Namespace
from tests.factories import make_user
from tests.tenancy import ask, make_wish

pytestmark = [pytest.mark.control_plane, pytest.mark.django_db]


def test_a_request_becomes_a_namespace_and_goes_again(cluster, oracle):
    admin, alice, dana = (
        make_user(platform_roles=["admin"]),
        make_user("alice", {"vision": "owner"}),
        make_user(platform_roles=["approver"]),
    )
    declare_flavor(
        actor=admin, cluster=cluster, name="h100", display_name="H100", resource_name="nvidia.com/gpu", node_selector={}, cards=8
    )
    request = ask(alice, alice.memberships.get().team, make_wish(cluster, "vision-prod"))
    assert reconcile("plan", request.plan.pk).state == "done"
    request.plan.refresh_from_db()
    assert {(v["ref"]["kind"], v["verdict"]) for v in request.plan.objects_planned} >= {
        ("Namespace", "creates"),
        ("ResourceQuota", "creates"),
    }
    assert not [v for v in request.plan.objects_planned if v["verdict"] != "creates"], request.plan.objects_planned
    actions.approve_request(actor=dana, request=request, seen_version=1)
    namespace = Namespace.objects.get()
    outcome = reconcile("namespace", namespace.pk)
    assert (outcome.state, outcome.message) == ("done", "16 objects confirmed")
    request.refresh_from_db()
    assert request.outcome == "applied"
    for entry in Namespace.objects.get().inventory:
        live = oracle.request("GET", path_of(Ref.of(entry)))
        assert live["metadata"]["uid"] == entry["uid"]
        assert live["metadata"]["labels"]["slipway.dev/owner"] == namespace.holder
    quota = oracle.request("GET", "/api/v1/namespaces/vision-prod/resourcequotas/slipway-quota")
    assert quota["spec"]["hard"]["requests.nvidia.com/gpu"] == "1"
    delete_namespace(actor=alice, namespace=Namespace.objects.get(), confirm="vision-prod")
    for _ in range(60):
        outcome = reconcile("namespace", namespace.pk)
        if outcome and outcome.state == "removed":
            break
        Namespace.objects.update(next_reconcile_at="2020-01-01T00:00:00Z")
        time.sleep(0.25)
    assert outcome.state == "removed"
    assert Namespace.objects.get().deleted_at
