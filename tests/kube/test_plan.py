"""Dry runs: what the API server itself says would happen, and nothing written."""

import secrets
from typing import Any

import pytest

from kube.apply import apply_object, create_namespace
from kube.connect import Api
from kube.errors import ApiError
from kube.inventory import Ref
from kube.kinds import path_of
from kube.plan import dry_run
from tests.kube import manifests
from tests.kube.conftest import CLAIM, OTHER
from tests.kube.hands import edit, entry_of, get, settled


def marks(verdict: dict[str, Any], mark: str) -> list[str]:
    return [line.strip() for found, line in verdict["diff"] if found == mark]


@pytest.fixture
def stand_in(api: Api) -> str:
    assert create_namespace(api, "slipway-plan", CLAIM, {}).confirmed
    return "slipway-plan"


def test_a_new_namespace_and_its_objects_are_tried_without_a_trace(api: Api, stand_in: str) -> None:
    name = f"t-{secrets.token_hex(4)}"
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"slipway.dev/owner": "namespace.1"}}}
    verdict = dry_run(api, space, claim=CLAIM)
    assert (verdict["verdict"], verdict["stand_in"]) == ("creates", False)
    assert verdict["ref"] == {"apiVersion": "v1", "kind": "Namespace", "namespace": None, "name": name}
    assert "slipway.dev/owner: namespace.1" in marks(verdict, "+") and not marks(verdict, " ")
    for manifest in manifests.every_kind(name):
        verdict = dry_run(api, manifest, claim=CLAIM, stand_in_namespace=stand_in)
        assert (verdict["verdict"], verdict["stand_in"]) == ("creates", True), verdict
        assert f"namespace: {name}" in marks(verdict, "+") and "slipway-plan" not in str(verdict["diff"])
    with pytest.raises(ApiError):
        get(api, space)
    assert api.request("GET", f"/api/v1/namespaces/{stand_in}/resourcequotas")["items"] == []


def test_without_a_stand_in_nothing_is_said_about_a_missing_namespace(api: Api) -> None:
    assert dry_run(api, manifests.quota("never-there"), claim=CLAIM)["verdict"] == "unavailable"


def test_a_taken_name_is_a_conflict_and_our_own_is_not(api: Api, namespace: str) -> None:
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": {"slipway.dev/owner": "namespace.1"}}}
    verdict = dry_run(api, space, claim=OTHER)
    assert verdict["verdict"] == "conflict" and verdict["message"].startswith("NameTaken")
    assert dry_run(api, space, claim=CLAIM)["verdict"] == "unchanged"


def test_a_change_is_shown_line_by_line_and_not_made(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    before = settled(api, manifest)
    assert dry_run(api, manifest, entry=entry, claim=CLAIM)["verdict"] == "unchanged"
    verdict = dry_run(api, manifests.quota(namespace, **{"requests.cpu": "8", "requests.memory": "4Gi"}), entry=entry, claim=CLAIM)
    assert (verdict["verdict"], marks(verdict, "-"), marks(verdict, "+")) == ("changes", ["requests.cpu: '4'"], ["requests.cpu: '8'"])
    assert get(api, manifest) == before


def test_what_a_hand_has_added_is_shown_as_going_away(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    edit(api, manifest, [{"op": "add", "path": "/spec/hard/pods", "value": "9"}])
    verdict = dry_run(api, manifest, entry=entry, claim=CLAIM)
    assert (verdict["verdict"], marks(verdict, "-"), marks(verdict, "+")) == ("changes", ["pods: '9'"], [])


def test_an_object_of_somebody_else_is_a_conflict(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    apply_object(api, manifest, claim=OTHER, fresh=True)
    assert dry_run(api, manifest, claim=CLAIM)["verdict"] == "conflict"
    account = manifests.service_account(namespace)
    entry = entry_of(apply_object(api, account, claim=CLAIM, fresh=True))
    edit(api, account, [{"op": "replace", "path": "/automountServiceAccountToken", "value": True}], manager="theirs")
    verdict = dry_run(api, account, entry=entry, claim=CLAIM)
    assert verdict["verdict"] == "conflict" and "theirs" in verdict["message"]


def test_a_deleted_object_would_be_created(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    api.request("DELETE", path_of(Ref.of(manifest)))
    assert dry_run(api, manifest, entry=entry, claim=CLAIM)["verdict"] == "creates"


def test_a_replaced_namespace_is_a_conflict(api: Api, namespace: str) -> None:
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    entry = {"uid": "11111111-1111-1111-1111-111111111111"}
    assert dry_run(api, space, entry=entry, claim=CLAIM)["verdict"] == "conflict"


def test_a_refusal_comes_in_the_words_of_the_server(api: Api, namespace: str) -> None:
    verdict = dry_run(api, manifests.quota(namespace, cpu="-1"), claim=CLAIM)
    assert verdict["verdict"] == "refused" and "must be greater than or equal to 0" in verdict["message"]
