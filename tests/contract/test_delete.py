"""Deletion: preconditions, finalizers, grace, collections."""

import pytest

from tests.contract.client import Api
from tests.contract.objects import config_map, pod


def test_a_deletion_answers_with_a_status(api: Api, maps: str) -> None:
    uid = api.post(maps, config_map("a")).body["metadata"]["uid"]
    answer = api.delete(f"{maps}/a")
    assert answer.code == 200 and answer.body["status"] == "Success"
    assert answer.body["details"] == {"name": "a", "kind": "configmaps", "uid": uid}
    assert api.get(f"{maps}/a").code == 404 and api.delete(f"{maps}/a").code == 404


def test_a_foreign_uid_is_a_conflict(api: Api, maps: str) -> None:
    own = api.post(maps, config_map("a")).body["metadata"]["uid"]
    answer = api.delete(f"{maps}/a", {"preconditions": {"uid": "other"}})
    assert (answer.code, answer.body["reason"]) == (409, "Conflict")
    assert f"the UID in the precondition (other) does not match the UID in record ({own})" in answer.message
    assert api.delete(f"{maps}/a", {"preconditions": {"uid": own}}).code == 200


def test_a_stale_version_is_a_conflict(api: Api, maps: str) -> None:
    old = api.post(maps, config_map("a")).body["metadata"]["resourceVersion"]
    api.patch(f"{maps}/a", {"data": {"x": "1"}})
    answer = api.delete(f"{maps}/a", {"preconditions": {"resourceVersion": old}})
    assert answer.code == 409 and "The object might have been modified" in answer.message
    assert api.get(f"{maps}/a").code == 200


def test_a_finalizer_holds_an_object(api: Api, maps: str) -> None:
    api.post(maps, config_map("a", finalizers=["example.org/hold"]))
    held = api.delete(f"{maps}/a").body
    assert held["kind"] == "ConfigMap" and held["metadata"]["deletionTimestamp"] and held["metadata"]["deletionGracePeriodSeconds"] == 0
    refused = api.patch(f"{maps}/a", {"metadata": {"finalizers": ["example.org/hold", "example.org/new"]}})
    assert refused.code == 422 and "no new finalizers can be added if the object is being deleted" in refused.message
    assert api.patch(f"{maps}/a", {"metadata": {"finalizers": None}}).code == 200
    assert api.get(f"{maps}/a").code == 404


def test_an_unscheduled_pod_goes_at_once(api: Api, pods: str) -> None:
    api.post(pods, pod("a", schedulerName="nobody"))
    last = api.delete(f"{pods}/a")
    assert last.code == 200 and last.body["metadata"]["deletionTimestamp"] and last.body["metadata"]["deletionGracePeriodSeconds"] == 0
    assert api.get(f"{pods}/a").code == 404


def test_a_running_pod_gets_its_grace(api: Api, pods: str) -> None:
    created = api.post(pods, pod("a", nodeName="no-such-node", terminationGracePeriodSeconds=60)).body
    held = api.delete(f"{pods}/a").body
    assert (
        held["metadata"]["deletionGracePeriodSeconds"] == 60
        and held["metadata"]["deletionTimestamp"] > created["metadata"]["creationTimestamp"]
    )
    assert api.get(f"{pods}/a").code == 200
    assert api.delete(f"{pods}/a", {"gracePeriodSeconds": 0}).code == 200
    assert api.get(f"{pods}/a").code == 404


@pytest.mark.since(22, "it keeps a negative grace period as it is")
def test_less_than_no_grace_is_a_second(api: Api, pods: str) -> None:
    api.post(pods, pod("a", nodeName="no-such-node"))
    assert api.delete(f"{pods}/a", {"gracePeriodSeconds": -1}).body["metadata"]["deletionGracePeriodSeconds"] == 1
    api.delete(f"{pods}/a", {"gracePeriodSeconds": 0})


def test_a_collection_is_deleted_by_selector(api: Api, maps: str) -> None:
    for name, tier in (("a", "web"), ("b", "db"), ("c", "web")):
        api.post(maps, config_map(name, labels={"tier": tier}))
    assert api.delete(maps, labelSelector="tier=web").code == 200
    left = api.get(maps, labelSelector="tier").body["items"]
    assert [item["metadata"]["name"] for item in left] == ["b"]


def test_a_dry_deletion_deletes_nothing(api: Api, maps: str) -> None:
    api.post(maps, config_map("a"))
    assert api.delete(f"{maps}/a", dryRun="All").code == 200
    assert api.delete(f"{maps}/a", {"dryRun": ["All"]}).code == 200
    left = api.get(f"{maps}/a")
    assert left.code == 200 and "deletionTimestamp" not in left.body["metadata"]


def test_the_propagation_policy_becomes_a_finalizer(api: Api, maps: str) -> None:
    for name, options, finalizers in (
        ("a", {"propagationPolicy": "Foreground"}, ["example.org/hold", "foregroundDeletion"]),
        ("b", {"propagationPolicy": "Orphan"}, ["example.org/hold", "orphan"]),
        ("c", {"orphanDependents": True}, ["example.org/hold", "orphan"]),
        ("d", {"propagationPolicy": "Background"}, ["example.org/hold"]),
    ):
        api.post(maps, config_map(name, finalizers=["example.org/hold"]))
        assert api.delete(f"{maps}/{name}", options).body["metadata"]["finalizers"] == finalizers


def test_a_later_deletion_may_say_something_else(api: Api, maps: str) -> None:
    api.post(maps, config_map("a", finalizers=["example.org/hold"]))
    api.delete(f"{maps}/a", {"propagationPolicy": "Orphan"})
    assert api.delete(f"{maps}/a", {"propagationPolicy": "Foreground"}).body["metadata"]["finalizers"] == [
        "example.org/hold",
        "foregroundDeletion",
    ]
    assert api.delete(f"{maps}/a", {"propagationPolicy": "Background"}).body["metadata"]["finalizers"] == ["example.org/hold"]


def test_a_propagation_policy_that_cannot_be_is_refused(api: Api, maps: str) -> None:
    api.post(maps, config_map("a"))
    unknown = api.delete(f"{maps}/a", {"propagationPolicy": "Sideways"})
    assert unknown.code == 422 and 'propagationPolicy: Unsupported value: "Sideways"' in unknown.message
    both = api.delete(f"{maps}/a", {"propagationPolicy": "Orphan", "orphanDependents": True})
    assert both.code == 422 and "orphanDependents and deletionPropagation cannot be both set" in both.message
    assert api.get(f"{maps}/a").code == 200
