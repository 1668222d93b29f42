"""Namespaces: what they get, and how they go."""

import pytest

from tests.contract.client import Api
from tests.contract.objects import config_map, pod


def _conditions(body: dict) -> dict:  # type: ignore[type-arg]
    return {each["type"]: each for each in body["status"].get("conditions", [])}


def test_a_namespace_is_active_and_furnished(api: Api, space: str) -> None:
    body = api.get(f"/api/v1/namespaces/{space}").body
    assert body["status"]["phase"] == "Active" and body["spec"] == {"finalizers": ["kubernetes"]}
    published = api.until(f"/api/v1/namespaces/{space}/configmaps/kube-root-ca.crt", lambda answer: answer.code == 200)
    assert published.body["data"]["ca.crt"].startswith("-----BEGIN CERTIFICATE-----")


@pytest.mark.since(21, "namespaces carry their name as a label since 1.21")
def test_a_namespace_carries_its_name_as_a_label(api: Api, space: str) -> None:
    assert api.get(f"/api/v1/namespaces/{space}").body["metadata"]["labels"] == {"kubernetes.io/metadata.name": space}


def test_an_empty_namespace_goes(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}"
    answer = api.delete(path)
    assert answer.code == 200
    assert answer.body["status"]["phase"] == "Terminating" and answer.body["metadata"]["deletionTimestamp"]
    api.until(path, lambda answer: answer.code == 404)


def test_its_content_goes_with_it(api: Api, maps: str, pods: str, space: str) -> None:
    api.post(maps, config_map("a"))
    api.post(pods, pod("p", schedulerName="nobody"))
    api.delete(f"/api/v1/namespaces/{space}")
    api.until(f"{maps}/a", lambda answer: answer.code == 404)
    api.until(f"/api/v1/namespaces/{space}", lambda answer: answer.code == 404)


def test_nothing_new_is_created_in_one_that_goes(api: Api, maps: str, space: str) -> None:
    api.post(maps, config_map("a", finalizers=["example.org/hold"]))
    api.delete(f"/api/v1/namespaces/{space}")
    answer = api.until(f"/api/v1/namespaces/{space}", lambda answer: answer.body["status"]["phase"] == "Terminating")
    refused = api.post(maps, config_map("b"))
    assert (refused.code, refused.body["reason"]) == (403, "Forbidden")
    assert (
        refused.message == f'configmaps "b" is forbidden: unable to create new content in namespace {space} because it is being terminated'
    )
    assert answer.body["metadata"]["deletionTimestamp"]
    api.patch(f"{maps}/a", {"metadata": {"finalizers": None}})


def test_a_foreign_finalizer_holds_it_and_is_named(api: Api, maps: str, space: str) -> None:
    api.post(maps, config_map("a", finalizers=["example.org/hold"]))
    api.delete(f"/api/v1/namespaces/{space}")
    held = api.until(f"/api/v1/namespaces/{space}", lambda answer: "NamespaceFinalizersRemaining" in _conditions(answer.body)).body
    remaining, finalizers = _conditions(held)["NamespaceContentRemaining"], _conditions(held)["NamespaceFinalizersRemaining"]
    assert (remaining["status"], remaining["reason"]) == ("True", "SomeResourcesRemain")
    assert remaining["message"] == "Some resources are remaining: configmaps. has 1 resource instances"
    assert (finalizers["status"], finalizers["reason"]) == ("True", "SomeFinalizersRemain")
    assert finalizers["message"] == "Some content in the namespace has finalizers remaining: example.org/hold in 1 resource instances"
    api.patch(f"{maps}/a", {"metadata": {"finalizers": None}})
    api.until(f"/api/v1/namespaces/{space}", lambda answer: answer.code == 404, 40)


def test_a_finalizer_of_its_own_holds_it(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}"
    api.patch(path, {"metadata": {"finalizers": ["example.org/hold"]}})
    api.delete(path)
    held = api.until(path, lambda answer: not answer.body["spec"].get("finalizers"))
    assert held.body["status"]["phase"] == "Terminating"
    api.patch(path, {"metadata": {"finalizers": None}})
    api.until(path, lambda answer: answer.code == 404)


def test_the_system_namespaces_stay(api: Api) -> None:
    answer = api.delete("/api/v1/namespaces/default")
    assert (answer.code, answer.message) == (403, 'namespaces "default" is forbidden: this namespace may not be deleted')


def test_a_namespace_of_the_same_name_is_another_one(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}"
    first = api.get(path).body["metadata"]["uid"]
    assert api.delete(path, {"preconditions": {"uid": "other"}}).code == 409
    api.delete(path, {"preconditions": {"uid": first}})
    api.until(path, lambda answer: answer.code == 404)
    assert api.post("/api/v1/namespaces", {"metadata": {"name": space}}).body["metadata"]["uid"] != first
