"""A claim that is missing is known before the change is applied, by the rights that the portal really has; and the plan says it."""

import pytest

from deployments.spec import Source
from reconcile.engine import reconcile
from tests.deploying import make_spec
from tests.deployments.asking import ask_for, set_environment
from tests.faults.deployments.scene import attempt, begin, revise
from tests.faults.engine_room import settle as settle_namespaces

pytestmark = pytest.mark.django_db(transaction=True)
SHELF = Source("uri", uri="pvc://shelf/iris")


def test_a_missing_claim_is_told_before_the_change_is_applied_and_so_is_an_empty_one(cast, hand):
    row = begin(cast, source=SHELF)
    assert attempt(row).state == "done"
    assert (row.pods_admitted["status"], row.pods_admitted["reason"]) == ("False", "Claim")
    assert "There is no PersistentVolumeClaim “shelf”" in row.pods_admitted["message"]
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}}
    path = f"/api/v1/namespaces/{row.namespace.name}/persistentvolumeclaims"
    hand.request("POST", path, body={"metadata": {"name": "shelf"}, "spec": spec})
    revise(cast, row, startup_seconds=42)
    assert attempt(row).state == "done"
    assert "is Pending, not Bound" in row.pods_admitted["message"]


def test_the_plan_says_that_a_claim_is_missing(cast):
    namespace = set_environment(cast.namespace(), "production")
    settle_namespaces(namespace)
    request = ask_for(cast.alice, namespace, spec=make_spec(source=SHELF)).request
    assert reconcile("plan", request.plan.pk).state == "done"
    request.plan.refresh_from_db()
    pod = next(each for each in request.plan.objects_planned if each["ref"]["kind"] == "Pod")
    assert pod["verdict"] == "refused" and "Create it there" in pod["message"]
