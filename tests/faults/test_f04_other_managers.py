"""F4: another manager owns a field of an object that is shared; F8: a field that can never be changed. Neither is fought over."""

import time

from reconcile.clock import database_now
from reconcile.engine import reconcile
from tenants.models import Namespace
from tests.faults.engine_room import again, settle, work
from tests.faults.rules import status

APPLY = "application/apply-patch+yaml"


def rests(namespace):
    """The row waits for a person: it is looked at again in minutes, not in seconds."""
    namespace.refresh_from_db()
    assert (namespace.next_reconcile_at - database_now()).total_seconds() > 60
    assert namespace.state == "failed"


def no_hot_loop(namespace, proxy, judge):
    before = judge.rest()
    proxy.forget()
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        work()
        time.sleep(0.05)
    assert proxy.calls == []
    for _ in range(3):
        again(namespace)
    assert judge.versions() == before


def test_a_field_that_another_manager_owns_is_left_to_it_and_the_manager_is_named(cast, proxy, judge, hand):
    namespace = cast.namespace()
    settle(namespace)
    path = f"/api/v1/namespaces/{namespace.name}/serviceaccounts/slipway-workload"
    theirs = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "slipway-workload"}, "automountServiceAccountToken": True}
    query = {"fieldManager": "identity-operator", "force": "true"}
    hand.request("PATCH", path, query=query, body=theirs, content_type=APPLY)
    again(namespace)
    rests(namespace)
    condition = namespace.condition("Applied")
    assert condition["reason"] == "FieldConflict"
    assert "identity-operator" in condition["message"]
    assert "automountServiceAccountToken" in condition["message"]
    assert hand.request("GET", path)["automountServiceAccountToken"] is True
    no_hot_loop(namespace, proxy, judge)


def test_an_immutable_field_shows_the_api_servers_reason_and_stops_there(cast, proxy, judge, hand):
    namespace = cast.namespace()
    settle(namespace)
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace.name}/rolebindings"
    binding = hand.request("GET", f"{path}/slipway-viewer")
    hand.request("DELETE", f"{path}/slipway-viewer")
    metadata = {key: binding["metadata"][key] for key in ("name", "labels", "annotations")}
    twisted = {**binding, "metadata": metadata, "roleRef": {**binding["roleRef"], "name": "slipway-owner"}}
    hand.request("POST", path, body=twisted)
    again(namespace)
    rests(namespace)
    message = namespace.condition("Applied")["message"]
    assert "slipway-viewer" in message
    assert "roleRef" in message
    assert "cannot change roleRef" in message or "immutable" in message
    assert [entry["name"] for entry in namespace.inventory if entry["state"] == "failed"] == ["slipway-viewer"]
    no_hot_loop(namespace, proxy, judge)
    hand.request("DELETE", f"{path}/slipway-viewer")
    again(namespace)
    settle(namespace)
    judge.agrees()


def test_one_object_that_is_refused_does_not_keep_the_others_from_being_applied(cast, proxy, judge):
    namespace = cast.namespace()
    proxy.fault(status(422, "spec.limits: Invalid value: planted"), verb="PATCH", path="/limitranges/")
    outcome = reconcile("namespace", namespace.pk)
    assert (outcome.state, outcome.reason) == ("refused", "Invalid")
    rests(namespace)
    states = {entry["kind"]: entry["state"] for entry in namespace.inventory}
    assert states.pop("LimitRange") == "failed"
    assert set(states.values()) == {"created"}
    assert namespace.observed_generation == 0
    proxy.heal()
    Namespace.objects.update(next_reconcile_at="2020-01-01T00:00:00Z")
    settle(namespace)
    judge.agrees()
