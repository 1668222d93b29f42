"""F25: the name, or an object in the namespace, is somebody else's. Nothing is adopted and nothing is written over."""

import pytest

from kube.errors import ApiError
from reconcile.engine import reconcile
from tenants.actions import delete_namespace
from tenants.models import Namespace
from tests.faults.crew import Victim
from tests.faults.deletions import removed, wait_for
from tests.faults.engine_room import again, settle, work
from tests.faults.rules import kill, then
from tests.tenancy import approve

NETWORK = "/apis/networking.k8s.io/v1"


def strangers_namespace(hand, name, **metadata):
    """A namespace that somebody else made, with a quota of the name that the portal uses."""
    hand.request("POST", "/api/v1/namespaces", body={"metadata": {"name": name, **metadata}})
    quota = {"metadata": {"name": "slipway-quota"}, "spec": {"hard": {"requests.cpu": "7"}}}
    hand.request("POST", f"/api/v1/namespaces/{name}/resourcequotas", body=quota)


def refused(namespace, reason):
    namespace.refresh_from_db()
    assert namespace.condition("Applied")["reason"] == reason, namespace.conditions
    assert namespace.observed_generation < namespace.generation
    assert namespace.state == "failed"
    assert namespace.request.__class__.objects.get(pk=namespace.request_id).outcome == "failed"


def test_a_name_that_exists_already_is_refused_and_not_adopted(cast, judge, hand, proxy):
    namespace = cast.namespace()
    strangers_namespace(hand, namespace.name)
    judge.remember()
    proxy.forget()
    assert reconcile("namespace", namespace.pk).state == "refused"
    refused(namespace, "NameTaken")
    assert [call.verb for call in proxy.mutations()] == ["POST"]
    for _ in range(3):
        again(namespace)
    judge.agrees()


def test_a_name_that_is_taken_between_plan_and_apply_is_refused(cast, judge, hand, proxy):
    request = cast.ask()
    assert reconcile("plan", request.plan.pk).state == "done"
    request.plan.refresh_from_db()
    assert request.plan.objects_planned[0]["verdict"] == "creates"
    namespace = approve(request, by=cast.dana)

    def take():
        strangers_namespace(hand, namespace.name)
        judge.remember()

    proxy.fault(then(take), verb="POST", path="/namespaces$", nth=1)
    assert reconcile("namespace", namespace.pk).state == "refused"
    refused(namespace, "NameTaken")
    judge.agrees()


def test_deleting_a_row_whose_name_was_taken_leaves_the_stranger_alone(cast, judge, hand):
    namespace = cast.namespace()
    strangers_namespace(hand, namespace.name)
    judge.remember()
    reconcile("namespace", namespace.pk)
    namespace.refresh_from_db()
    delete_namespace(actor=cast.alice, namespace=namespace, confirm=namespace.name)
    wait_for(lambda: work() and removed(namespace), 5)
    judge.agrees()


@pytest.mark.parametrize("disguise", ["plain", "labelled", "with the claim"])
def test_a_namespace_that_comes_back_with_another_uid_is_not_ours_any_more(disguise, cast, judge, hand, proxy):
    namespace = cast.namespace()
    settle(namespace)
    path = f"/api/v1/namespaces/{namespace.name}"
    metadata = hand.request("GET", path)["metadata"]
    hand.request("DELETE", path)
    wait_for(lambda: is_gone(hand, path), 30)
    worn = {"plain": (), "labelled": ("labels",), "with the claim": ("labels", "annotations")}[disguise]
    strangers_namespace(hand, namespace.name, **{part: metadata[part] for part in worn})
    before = judge.bodies(namespace.name)
    proxy.forget()
    again(namespace)
    namespace.refresh_from_db()
    assert namespace.condition("Applied")["reason"] == "NamespaceReplaced"
    assert {call.path for call in proxy.mutations()} <= {path}, "something was written into it"
    after = judge.bodies(namespace.name)
    assert {key: after[key] for key in before} == before
    assert not [key for key in after if "slipway" in key and key not in before]
    delete_namespace(actor=cast.alice, namespace=Namespace.objects.get(pk=namespace.pk), confirm=namespace.name)
    wait_for(lambda: work() and removed(namespace), 5)
    assert "deletionTimestamp" not in hand.request("GET", path)["metadata"]
    assert {key: value for key, value in judge.bodies(namespace.name).items() if key in before} == before


def is_gone(hand, path):
    try:
        hand.request("GET", path)
    except ApiError as error:
        return error.not_found
    return False


def test_an_object_in_our_namespace_that_is_not_ours_is_left_as_it_is(cast, judge, hand, proxy):
    namespace = cast.namespace()
    settle(namespace)
    path = f"{NETWORK}/namespaces/{namespace.name}/networkpolicies"
    hand.request("DELETE", f"{path}/slipway-dns")
    theirs = {"metadata": {"name": "slipway-dns"}, "spec": {"podSelector": {"matchLabels": {"app": "theirs"}}, "policyTypes": ["Egress"]}}
    made = hand.request("POST", path, body=theirs)
    again(namespace)
    namespace.refresh_from_db()
    assert namespace.condition("Applied")["reason"] == "NotOurs"
    assert hand.request("GET", f"{path}/slipway-dns")["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]
    others = [entry["state"] for entry in namespace.inventory if entry["name"] != "slipway-dns"]
    assert len(others) == 15
    assert set(others) <= {"changed", "unchanged"}
    hand.request("DELETE", f"{path}/slipway-dns")
    Namespace.objects.update(next_reconcile_at="2020-01-01T00:00:00Z")
    settle(namespace)
    judge.agrees()


def test_a_stranger_who_slips_in_between_a_crash_and_its_recovery_is_not_adopted(cast, judge, hand, proxy, crew):
    namespace, victim = cast.namespace(), Victim()
    proxy.fault(kill(victim.kill), verb="PATCH", nth=2)
    victim.start(lambda: crew.start("reconcile", "namespace", namespace.pk)).wait()
    assert victim.was_killed
    proxy.heal()
    path = f"/api/v1/namespaces/{namespace.name}/resourcequotas"
    made = hand.request("POST", path, body={"metadata": {"name": "slipway-quota"}, "spec": {"hard": {"requests.cpu": "7"}}})
    wait_for(lambda: work() or (Namespace.objects.get(pk=namespace.pk).condition("Applied") or {}).get("reason") == "NotOurs", 15)
    live = hand.request("GET", f"{path}/slipway-quota")
    assert live["spec"] == made["spec"]
    assert "annotations" not in live["metadata"]
    hand.request("DELETE", f"{path}/slipway-quota")
    Namespace.objects.update(next_reconcile_at="2020-01-01T00:00:00Z")
    settle(namespace)
    judge.agrees()
