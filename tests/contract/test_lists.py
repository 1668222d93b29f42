"""Lists: selectors, fields, pages."""

import pytest

from tests.contract.client import Api
from tests.contract.objects import config_map, pod


@pytest.fixture
def labelled(api: Api, maps: str) -> str:
    for name, labels in {"a": {"tier": "web", "size": "1"}, "b": {"tier": "db", "size": "5"}, "c": {}}.items():
        assert api.post(maps, config_map(name, labels={**labels, "mine": "yes"})).code == 201
    return maps


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("tier=web", "a"),
        ("tier==web", "a"),
        ("tier!=web", "bc"),
        ("tier", "ab"),
        ("!tier", "c"),
        ("tier in (web, db)", "ab"),
        ("tier notin (web)", "bc"),
        ("tier,size=5", "b"),
        ("tier in (web,db),size!=1", "b"),
        ("size>2", "b"),
        ("size<2", "a"),
        ("tier in (nobody)", ""),
    ],
)
def test_label_selectors(api: Api, labelled: str, selector: str, names: str) -> None:
    items = api.get(labelled, labelSelector=f"mine=yes,{selector}").body["items"]
    assert "".join(item["metadata"]["name"] for item in items) == names


@pytest.mark.parametrize("selector", ["a in (b", "a in", "a b", "=x,"])
def test_a_broken_label_selector_is_a_bad_request(api: Api, maps: str, selector: str) -> None:
    answer = api.get(maps, labelSelector=selector)
    assert (answer.code, answer.body["reason"]) == (400, "BadRequest")


def test_field_selectors_by_name(api: Api, labelled: str) -> None:
    assert [item["metadata"]["name"] for item in api.get(labelled, fieldSelector="metadata.name=b").body["items"]] == ["b"]
    left = api.get(labelled, fieldSelector="metadata.name!=b", labelSelector="mine").body["items"]
    assert [item["metadata"]["name"] for item in left] == ["a", "c"]


def test_field_selectors_of_pods(api: Api, pods: str) -> None:
    api.post(pods, pod("a"))
    api.post(pods, pod("b"))
    api.patch(f"{pods}/b/status", {"status": {"phase": "Running"}})
    found = api.get(pods, fieldSelector="status.phase=Running").body["items"]
    assert [item["metadata"]["name"] for item in found] == ["b"]
    assert len(api.get(pods, fieldSelector="spec.nodeName=").body["items"]) == 2


def test_field_selectors_of_events(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}/events"
    for name, uid in (("a", "u1"), ("b", "u2")):
        involved = {"kind": "Pod", "namespace": space, "name": name, "uid": uid}
        assert api.post(path, {"metadata": {"name": name}, "involvedObject": involved, "reason": "Made"}).code == 201
    found = api.get(path, fieldSelector="involvedObject.uid=u2,involvedObject.kind=Pod").body["items"]
    assert [item["metadata"]["name"] for item in found] == ["b"]


def test_an_unknown_field_selector_is_a_bad_request(api: Api, maps: str) -> None:
    answer = api.get(maps, fieldSelector="data.x=1")
    assert (answer.code, answer.body["reason"]) == (400, "BadRequest")


def test_items_carry_no_kind_but_the_list_does(api: Api, labelled: str) -> None:
    body = api.get(labelled).body
    assert (body["kind"], body["apiVersion"]) == ("ConfigMapList", "v1") and int(body["metadata"]["resourceVersion"]) > 0
    assert all("kind" not in item and "apiVersion" not in item for item in body["items"])


def test_pages_hold_one_state(api: Api, labelled: str) -> None:
    first = api.get(labelled, limit=1).body
    assert len(first["items"]) == 1 and first["metadata"]["remainingItemCount"] >= 2
    api.delete(f"{labelled}/c")
    api.post(labelled, config_map("zz"))
    names, token = [first["items"][0]["metadata"]["name"]], first["metadata"]["continue"]
    while token:
        page = api.get(labelled, limit=1, **{"continue": token}).body
        assert page["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
        names += [item["metadata"]["name"] for item in page["items"]]
        token = page["metadata"].get("continue")
    assert [name for name in names if name != "kube-root-ca.crt"] == ["a", "b", "c"]


def test_a_broken_continue_token_is_a_bad_request(api: Api, maps: str) -> None:
    answer = api.get(maps, limit=1, **{"continue": "abc"})
    assert answer.code == 400 and "continue" in answer.message


def test_a_list_over_all_namespaces(api: Api, labelled: str, space: str) -> None:
    items = api.get("/api/v1/configmaps", labelSelector="mine=yes").body["items"]
    assert {"a", "b", "c"} <= {item["metadata"]["name"] for item in items if item["metadata"]["namespace"] == space}
