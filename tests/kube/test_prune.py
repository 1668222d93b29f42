"""Deleting: the very object that was recorded, or nothing."""

import time
from typing import Any

import pytest

from kube.apply import apply_object
from kube.connect import Api
from kube.errors import ApiError
from kube.inventory import planned_entry
from kube.prune import delete_namespace, delete_object
from tests.kube import manifests
from tests.kube.conftest import CLAIM, OTHER
from tests.kube.fake_server import head, serving
from tests.kube.hands import edit, entry_of, get, remove

HOLD = [{"op": "add", "path": "/metadata/finalizers", "value": ["example.com/hold"]}]


def exists(api: Api, thing: Any) -> bool:
    try:
        return bool(get(api, thing))
    except ApiError as error:
        assert error.not_found
        return False


def test_what_is_ours_is_deleted_and_deleting_again_is_no_error(api: Api, namespace: str) -> None:
    manifest = manifests.role_binding(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    assert delete_object(api, entry, claim=CLAIM).state == "deleted"
    assert not exists(api, manifest)
    assert delete_object(api, entry, claim=CLAIM).state == "deleted"


def test_an_object_that_changed_meanwhile_is_deleted_all_the_same(api: Api, namespace: str) -> None:
    manifest = manifests.role_binding(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    edit(api, manifest, [{"op": "add", "path": "/metadata/labels/theirs", "value": "yes"}])
    assert delete_object(api, entry, claim=CLAIM).state == "deleted"


def test_an_object_whose_claim_was_taken_away_by_hand_is_still_ours_by_its_uid(api: Api, namespace: str) -> None:
    manifest = manifests.role_binding(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    edit(api, manifest, [{"op": "remove", "path": "/metadata/annotations"}])
    assert delete_object(api, planned_entry(manifest), claim=CLAIM).reason == "NotOurs"
    assert delete_object(api, entry, claim=CLAIM).state == "deleted"


def test_an_object_of_another_owner_is_left_alone(api: Api, namespace: str) -> None:
    manifest = manifests.role_binding(namespace)
    entry = entry_of(apply_object(api, manifest, claim=OTHER, fresh=True))
    for known in (entry, planned_entry(manifest)):
        result = delete_object(api, known, claim=CLAIM)
        assert (result.state, result.reason) == ("conflict", "NotOurs")
    assert exists(api, manifest)


def test_an_object_that_somebody_created_in_place_of_ours_is_left_alone(api: Api, namespace: str) -> None:
    manifest = manifests.role_binding(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    remove(api, manifest)
    theirs = {**manifest, "metadata": {"name": manifest["metadata"]["name"]}}
    api.request("POST", f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings", body=theirs)
    assert delete_object(api, entry, claim=CLAIM).state == "deleted"
    assert exists(api, manifest)


def test_an_object_held_by_a_finalizer_waits_and_says_for_whom(api: Api, namespace: str) -> None:
    manifest = manifests.limit_range(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    edit(api, manifest, HOLD)
    for _ in range(2):
        result = delete_object(api, entry, claim=CLAIM)
        assert (result.state, result.reason, result.retryable) == ("waiting", "Terminating", True)
        assert "example.com/hold" in result.message
    edit(api, manifest, [{"op": "remove", "path": "/metadata/finalizers"}])
    assert delete_object(api, entry, claim=CLAIM).state == "deleted"


def test_a_refused_delete_is_never_shown_as_deleted() -> None:
    live = b'{"kind":"ResourceQuota","metadata":{"name":"q","uid":"u","resourceVersion":"1","annotations":{"slipway.dev/claim":"c"}}}'
    refusal = b'{"kind":"Status","code":403,"reason":"Forbidden","message":"denied by a webhook"}'
    entry = {"apiVersion": "v1", "kind": "ResourceQuota", "namespace": "a", "name": "q", "uid": "u"}
    with serving([head(200, "Connection: close", body=live)], [head(403, body=refusal)]) as (api, script):
        result = delete_object(api, entry, claim="c")
    assert (result.state, result.reason, result.message, result.retryable) == ("failed", "Forbidden", "denied by a webhook", False)
    assert script.requests[1].startswith(b"DELETE ")


def test_a_namespace_waits_until_it_is_gone_and_tells_what_holds_it(api: Api, namespace: str) -> None:
    manifest = manifests.limit_range(namespace)
    apply_object(api, manifest, claim=CLAIM, fresh=True)
    edit(api, manifest, HOLD)
    live = api.request("GET", f"/api/v1/namespaces/{namespace}")
    entry = planned_entry(live) | {"uid": live["metadata"]["uid"]}
    assert delete_namespace(api, entry, claim=OTHER).reason == "NotOurs"
    assert delete_namespace(api, entry, claim=CLAIM).state == "waiting"
    result = wait_for(lambda: delete_namespace(api, entry, claim=CLAIM), lambda found: "example.com/hold" in found.message)
    assert (result.state, result.reason) == ("waiting", "Terminating")
    assert get(api, manifest)["metadata"]["finalizers"] == ["example.com/hold"]
    refused = apply_object(api, manifests.quota(namespace), claim=CLAIM, fresh=True)
    assert (refused.state, refused.reason, refused.retryable) == ("failed", "NamespaceTerminating", True)
    edit(api, manifest, [{"op": "remove", "path": "/metadata/finalizers"}])
    assert wait_for(lambda: delete_namespace(api, entry, claim=CLAIM), lambda found: found.state != "waiting").state == "deleted"


def wait_for(ask: Any, enough: Any) -> Any:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        found = ask()
        if enough(found):
            return found
        time.sleep(0.3)
    pytest.fail(f"still {found}")
