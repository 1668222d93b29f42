"""Server-side apply on a real API server: creating, repeating, repairing, and never taking over."""

import copy
import time
from typing import Any

import pytest

from kube.apply import apply_object, create_namespace
from kube.connect import Api
from kube.deadline import Deadline
from kube.errors import DeadlinePassed, UnknownKind
from kube.inventory import Ref, planned_entry, updated
from kube.kinds import path_of
from kube.ownership import digest
from tests.kube import manifests
from tests.kube.conftest import CLAIM, OTHER
from tests.kube.hands import NOW, edit, entry_of, get, remove, settled

EVERY = ["quota", "limit_range", "role_binding", "empty_binding", "default_deny", "allow_dns", "service_account"]


@pytest.mark.parametrize("name", EVERY)
def test_a_new_object_is_created_and_then_stands_still(api: Api, namespace: str, name: str) -> None:
    manifest = getattr(manifests, name)(namespace)
    created = apply_object(api, manifest, claim=CLAIM, fresh=True)
    assert (created.state, created.message) == ("created", "")
    entry = entry_of(created)
    before = settled(api, manifest)
    time.sleep(1.1)  # the server tells times in whole seconds
    for _ in range(3):
        again = apply_object(api, manifest, entry=entry, claim=CLAIM)
        assert (again.state, again.digest, again.uid) == ("unchanged", created.digest, created.uid)
    live = get(api, manifest)
    assert live["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]
    assert live["metadata"]["annotations"]["slipway.dev/claim"] == CLAIM
    assert digest(live, entry) == created.digest


def test_a_changed_manifest_changes_the_object(api: Api, namespace: str) -> None:
    entry = entry_of(apply_object(api, manifests.quota(namespace), claim=CLAIM, fresh=True))
    result = apply_object(api, manifests.quota(namespace, **{"requests.cpu": "8"}), entry=entry, claim=CLAIM)
    assert result.state == "changed"
    assert result.digest != entry["digest"]
    assert get(api, manifests.quota(namespace))["spec"] == {"hard": {"requests.cpu": "8"}}


ADDED: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "a GPU limit": ("quota", [{"op": "add", "path": "/spec/hard/requests.nvidia.com~1gpu", "value": "8"}]),
    "an opened default deny": ("default_deny", [{"op": "add", "path": "/spec/ingress", "value": [{}]}]),
    "an opened egress": ("default_deny", [{"op": "add", "path": "/spec/egress", "value": [{}]}]),
    "an egress rule": ("allow_dns", [{"op": "add", "path": "/spec/egress/-", "value": {"to": [{"podSelector": {}}]}}]),
    "an egress peer": ("allow_dns", [{"op": "add", "path": "/spec/egress/0/to/-", "value": {"ipBlock": {"cidr": "0.0.0.0/0"}}}]),
    "a subject": (
        "role_binding",
        [{"op": "add", "path": "/subjects/-", "value": {"kind": "User", "name": "eve", "apiGroup": manifests.RBAC}}],
    ),
    "a first subject": (
        "empty_binding",
        [{"op": "add", "path": "/subjects", "value": [{"kind": "User", "name": "eve", "apiGroup": manifests.RBAC}]}],
    ),
    "a limit range item": ("limit_range", [{"op": "add", "path": "/spec/limits/-", "value": {"type": "Pod", "max": {"cpu": "64"}}}]),
    "a limit in an item": ("limit_range", [{"op": "add", "path": "/spec/limits/0/max/memory", "value": "64Gi"}]),
    "a changed value": ("quota", [{"op": "replace", "path": "/spec/hard/requests.cpu", "value": "64"}]),
    "a changed claim": ("quota", [{"op": "replace", "path": "/metadata/annotations/slipway.dev~1claim", "value": OTHER}]),
    "a removed value": ("quota", [{"op": "remove", "path": "/spec/hard/requests.memory"}]),
    "a removed owner": ("allow_dns", [{"op": "remove", "path": "/metadata/labels/slipway.dev~1owner"}]),
}


@pytest.mark.parametrize("what", ADDED)
def test_a_hand_made_change_of_a_closed_kind_is_found_and_undone(api: Api, namespace: str, what: str) -> None:
    name, patch = ADDED[what]
    manifest = getattr(manifests, name)(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    before = settled(api, manifest)
    edited = edit(api, manifest, patch)
    assert digest(edited, entry) != entry["digest"], "the change must show in the digest"
    result = apply_object(api, manifest, entry=entry, claim=CLAIM)
    assert result.state == "changed", result
    after = settled(api, manifest)
    assert {**after, "metadata": None, "status": None} == {**before, "metadata": None, "status": None}
    assert after["metadata"]["annotations"] == before["metadata"]["annotations"]
    assert after["metadata"]["labels"] == before["metadata"]["labels"]
    assert digest(after, entry) == entry["digest"] == result.digest
    time.sleep(1.1)  # the server tells times in whole seconds
    assert apply_object(api, manifest, entry=entry_of(result), claim=CLAIM).state == "unchanged"


def test_a_hand_made_label_that_is_not_ours_is_left_alone(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    edited = edit(api, manifest, [{"op": "add", "path": "/metadata/labels/theirs", "value": "yes"}])
    assert digest(edited, entry) == entry["digest"]
    apply_object(api, manifest, entry=entry, claim=CLAIM)
    assert get(api, manifest)["metadata"]["labels"]["theirs"] == "yes"


def test_a_field_that_another_manager_owns_is_not_fought_over(api: Api, namespace: str) -> None:
    manifest = manifests.service_account(namespace)
    manifest["metadata"]["labels"]["example.com/tier"] = "ours"
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    edit(api, manifest, [{"op": "replace", "path": "/metadata/labels/example.com~1tier", "value": "theirs"}], manager="their-operator")
    result = apply_object(api, manifest, entry=entry, claim=CLAIM)
    assert (result.state, result.reason, result.retryable) == ("conflict", "FieldConflict", False)
    assert "their-operator" in result.message and "example.com/tier" in result.message
    assert get(api, manifest)["metadata"]["labels"]["example.com/tier"] == "theirs"


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("fresh", [False, True])
def test_an_object_of_somebody_else_is_never_taken_over(api: Api, namespace: str, name: str, fresh: bool) -> None:
    manifest = getattr(manifests, name)(namespace)
    theirs = copy.deepcopy(manifest)
    theirs["metadata"]["labels"] = {"theirs": "yes"}
    api.request("POST", path_of(Ref.of(manifest)).rsplit("/", 1)[0], query="fieldManager=theirs", body=theirs)
    before = settled(api, manifest)
    result = apply_object(api, manifest, claim=CLAIM, fresh=fresh)
    assert (result.state, result.reason) == ("conflict", "NotOurs")
    assert result.digest is None
    if not fresh:
        assert get(api, manifest) == before


def test_an_object_with_another_claim_of_ours_is_a_conflict(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    apply_object(api, manifest, claim=OTHER, fresh=True)
    before = settled(api, manifest)
    result = apply_object(api, manifest, claim=CLAIM)
    assert (result.state, result.reason) == ("conflict", "NotOurs")
    assert "namespace.1" in result.message
    assert get(api, manifest) == before


@pytest.mark.parametrize("fresh", [False, True])
def test_a_lost_answer_is_recognised_by_the_claim(api: Api, namespace: str, fresh: bool) -> None:
    manifest = manifests.role_binding(namespace)
    lost = apply_object(api, manifest, claim=CLAIM, fresh=True)
    again = apply_object(api, manifest, entry=planned_entry(manifest), claim=CLAIM, fresh=fresh)
    assert (again.uid, again.resource_version, again.digest) == (lost.uid, lost.resource_version, lost.digest)


def test_a_deleted_object_is_created_again(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    remove(api, manifest)
    again = apply_object(api, manifest, entry=entry, claim=CLAIM)
    assert again.state == "created"
    assert again.uid != entry["uid"]


def test_an_object_that_was_replaced_by_somebody_else_is_left_alone(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    remove(api, manifest)
    theirs = {**manifests.quota(namespace, pods="1"), "metadata": {"name": "slipway"}}
    api.request("POST", f"/api/v1/namespaces/{namespace}/resourcequotas", body=theirs)
    before = settled(api, manifest)
    result = apply_object(api, manifest, entry=entry, claim=CLAIM)
    assert (result.state, result.reason) == ("conflict", "NotOurs")
    assert get(api, manifest) == before


def test_a_namespace_is_ours_only_by_its_claim(api: Api, namespace: str) -> None:
    labels = {"slipway.dev/owner": "namespace.1"}
    ours = create_namespace(api, namespace, CLAIM, labels)
    assert ours.state == "unchanged"
    taken = create_namespace(api, namespace, OTHER, labels)
    assert (taken.state, taken.reason, taken.uid) == ("conflict", "NameTaken", None)
    other_uid = create_namespace(api, namespace, CLAIM, labels, uid="11111111-1111-1111-1111-111111111111")
    assert (other_uid.state, other_uid.reason) == ("conflict", "NamespaceReplaced")


def test_the_labels_of_a_namespace_are_applied_onto_the_created_one(api: Api, namespace: str) -> None:
    created = create_namespace(api, namespace, CLAIM, {})
    labels = {"slipway.dev/owner": "namespace.2", "pod-security.kubernetes.io/enforce": "restricted"}
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}}
    first = apply_object(api, manifest, entry={"uid": created.uid}, claim=CLAIM)
    assert first.state == "changed", first
    assert get(api, manifest)["metadata"]["labels"].items() >= labels.items()
    # Kubernetes 1.20 rewrites managedFields once more after fields were taken over from the creating POST.
    second = apply_object(api, manifest, entry=entry_of(first), claim=CLAIM)
    time.sleep(1.1)
    third = apply_object(api, manifest, entry=entry_of(second), claim=CLAIM)
    assert (third.state, third.resource_version) == ("unchanged", second.resource_version)


def test_a_namespace_with_another_uid_is_not_written_into(api: Api, namespace: str) -> None:
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": {"a": "b"}}}
    before = get(api, manifest)
    entry = {"uid": "11111111-1111-1111-1111-111111111111"}
    result = apply_object(api, manifest, entry=entry, claim=CLAIM)
    assert (result.state, result.reason) == ("conflict", "NamespaceReplaced")
    assert get(api, manifest) == before
    gone = apply_object(api, {**manifest, "metadata": {"name": "never-there"}}, entry=entry, claim=CLAIM)
    assert (gone.state, gone.reason) == ("failed", "NamespaceGone")


def test_an_invalid_manifest_fails_with_the_words_of_the_server(api: Api, namespace: str) -> None:
    result = apply_object(api, manifests.quota(namespace, cpu="-1"), claim=CLAIM, fresh=True)
    assert (result.state, result.retryable) == ("failed", False)
    assert "must be greater than or equal to 0" in result.message


def test_an_unknown_field_is_refused_and_not_tried_again(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    manifest["spec"]["bogus"] = 1
    result = apply_object(api, manifest, claim=CLAIM, fresh=True)
    assert (result.state, result.retryable) == ("failed", False)
    assert "bogus" in result.message


def test_an_immutable_field_fails_and_is_not_tried_again(api: Api, namespace: str) -> None:
    manifest = manifests.role_binding(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    manifest["roleRef"]["name"] = "edit"
    result = apply_object(api, manifest, entry=entry, claim=CLAIM)
    assert (result.state, result.reason, result.retryable) == ("failed", "Invalid", False)
    assert "cannot change roleRef" in result.message


def test_a_missing_namespace_is_told(api: Api) -> None:
    result = apply_object(api, manifests.quota("never-there"), claim=CLAIM, fresh=True)
    assert (result.state, result.reason, result.retryable) == ("failed", "NamespaceGone", False)


def test_a_kind_that_the_cluster_does_not_know_waits(api: Api, namespace: str) -> None:
    versions = {version["groupVersion"] for group in api.request("GET", "/apis")["groups"] for version in group["versions"]}
    if "policy/v1" in versions:
        pytest.skip("this control plane serves policy/v1, so no kind of the table is missing")
    manifest = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "x", "namespace": namespace}, "spec": {}}
    for fresh in (True, False):
        result = apply_object(api, manifest, claim=CLAIM, fresh=fresh)
        assert (result.state, result.reason, result.retryable) == ("waiting", "KindMissing", True)


def test_a_kind_outside_the_table_is_never_sent(api: Api, namespace: str) -> None:
    for kind, api_version in (("Secret", "v1"), ("Pod", "v1"), ("ClusterRole", "rbac.authorization.k8s.io/v1")):
        with pytest.raises(UnknownKind):
            apply_object(api, {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x", "namespace": namespace}}, claim=CLAIM)


def test_a_cluster_role_can_be_installed_by_a_bootstrap(api: Api) -> None:
    manifest = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "slipway-test"}, "rules": []}
    assert apply_object(api, manifest, claim=CLAIM, bootstrap=True).confirmed


def test_no_call_begins_after_the_deadline(api: Api, namespace: str) -> None:
    with pytest.raises(DeadlinePassed):
        apply_object(api, manifests.quota(namespace), claim=CLAIM, fresh=True, deadline=Deadline(0))
    assert api.request("GET", f"/api/v1/namespaces/{namespace}/resourcequotas")["items"] == []


def test_an_inventory_takes_over_what_a_run_confirmed(api: Api, namespace: str) -> None:
    good, bad = manifests.limit_range(namespace), manifests.quota(namespace, cpu="-1")
    results = [apply_object(api, manifest, claim=CLAIM, fresh=True) for manifest in (good, bad)]
    entries = {entry["kind"]: entry for entry in updated([planned_entry(good), planned_entry(bad)], results, NOW)}
    assert entries["LimitRange"]["uid"] == get(api, good)["metadata"]["uid"]
    assert (entries["ResourceQuota"]["uid"], entries["ResourceQuota"]["state"]) == (None, "failed")
