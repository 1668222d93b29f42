"""Lists: selectors, fields, pages."""

import pytest

from tests.contract.client import Api
from tests.contract.objects import config_map, container, pod


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


def test_field_selectors_of_a_pods_spec(api: Api, pods: str) -> None:
    api.post(pods, pod("a", nodeName="n1", restartPolicy="Never"))
    api.post(pods, pod("b", schedulerName="nobody"))
    api.patch(f"{pods}/a/status", {"status": {"podIP": "10.1.2.3", "podIPs": [{"ip": "10.1.2.3"}]}})
    for selector, name in (
        ("spec.nodeName=n1", "a"),
        ("spec.nodeName!=n1", "b"),
        ("spec.restartPolicy=Never", "a"),
        ("spec.schedulerName=nobody", "b"),
        ("spec.serviceAccountName=default,status.podIP=10.1.2.3", "a"),
    ):
        assert [item["metadata"]["name"] for item in api.get(pods, fieldSelector=selector).body["items"]] == [name], selector


def test_field_selectors_of_jobs(api: Api, space: str) -> None:
    path = f"/apis/batch/v1/namespaces/{space}/jobs"
    template = {"spec": {"restartPolicy": "Never", "containers": [container()]}}
    for name in ("a", "b"):
        assert api.post(path, {"metadata": {"name": name}, "spec": {"parallelism": 0, "template": template}}).code == 201
    assert [item["metadata"]["name"] for item in api.get(path, fieldSelector="status.successful=0").body["items"]] == ["a", "b"]
    assert api.get(path, fieldSelector="status.successful=1").body["items"] == []
    refused = api.get(path, fieldSelector="status.active=0")
    assert (refused.code, refused.message) == (400, 'field label "status.active" not supported for batchv1.Job')


def test_field_selectors_of_secrets_nodes_and_namespaces(api: Api, space: str) -> None:
    secrets = f"/api/v1/namespaces/{space}/secrets"
    api.post(secrets, {"metadata": {"name": "a"}, "type": "example.org/mine"})
    api.post(secrets, {"metadata": {"name": "b"}})
    assert [item["metadata"]["name"] for item in api.get(secrets, fieldSelector="type=example.org/mine").body["items"]] == ["a"]
    api.post("/api/v1/nodes", {"metadata": {"name": f"n-{space}", "labels": {"of": space}}, "spec": {"unschedulable": True}})
    for wanted, count in (("true", 1), ("false", 0)):
        found = api.get("/api/v1/nodes", fieldSelector=f"spec.unschedulable={wanted}", labelSelector=f"of={space}")
        assert len(found.body["items"]) == count
    api.delete(f"/api/v1/nodes/n-{space}")
    active = api.get("/api/v1/namespaces", fieldSelector=f"status.phase=Active,metadata.name={space}").body["items"]
    assert [item["metadata"]["name"] for item in active] == [space]
    assert api.get("/api/v1/namespaces", fieldSelector=f"status.phase=Terminating,metadata.name={space}").body["items"] == []


def test_an_unknown_field_selector_is_a_bad_request(api: Api, maps: str) -> None:
    answer = api.get(maps, fieldSelector="data.x=1")
    assert (answer.code, answer.body["reason"]) == (400, "BadRequest")


def test_items_carry_no_kind_but_the_list_does(api: Api, labelled: str) -> None:
    body = api.get(labelled).body
    assert (body["kind"], body["apiVersion"]) == ("ConfigMapList", "v1") and int(body["metadata"]["resourceVersion"]) > 0
    assert {"a", "b", "c"} <= {item["metadata"]["name"] for item in body["items"]}
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


def test_an_older_state_can_be_listed(api: Api, labelled: str) -> None:
    old = api.get(labelled).body["metadata"]["resourceVersion"]
    api.patch(f"{labelled}/a", {"data": {"x": "1"}})
    api.delete(f"{labelled}/b")
    last = api.post(labelled, config_map("d", labels={"mine": "yes"})).body["metadata"]["resourceVersion"]
    exact = api.get(labelled, labelSelector="mine", resourceVersion=old, resourceVersionMatch="Exact").body
    assert [item["metadata"]["name"] for item in exact["items"]] == ["a", "b", "c"] and "data" not in exact["items"][0]
    assert exact["metadata"]["resourceVersion"] == old
    # A page of a version means that version; a whole list any that is no older, so that only the last one is sure to hold all.
    page = api.get(labelled, labelSelector="mine", resourceVersion=old, limit=2).body
    assert [item["metadata"]["name"] for item in page["items"]] == ["a", "b"] and page["metadata"]["resourceVersion"] == old
    newer = api.get(labelled, labelSelector="mine", resourceVersion=last, resourceVersionMatch="NotOlderThan").body["items"]
    # In any order: an API server lists what its cache of watched objects holds as it lies there.
    assert {item["metadata"]["name"]: item.get("data") for item in newer} == {"a": {"x": "1"}, "c": None, "d": None}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"resourceVersionMatch": "Exact"}, "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"),
        (
            {"resourceVersionMatch": "Exact", "resourceVersion": "0"},
            'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
        ),
        (
            {"resourceVersionMatch": "Sometimes", "resourceVersion": "5"},
            'Unsupported value: "Sometimes": supported values: "Exact", "NotOlderThan", ""',
        ),
    ],
)
def test_a_match_of_versions_must_make_sense(api: Api, maps: str, options: dict[str, str], message: str) -> None:
    answer = api.get(maps, **options)
    assert (answer.code, answer.body["reason"]) == (422, "Invalid")
    assert answer.message == f'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: {message}'


def test_a_version_of_the_future_is_not_there_yet(api: Api, maps: str) -> None:
    answer = api.get(maps, resourceVersion="99999999")
    assert (answer.code, answer.body["reason"]) == (504, "Timeout")
    assert answer.message.startswith("Timeout: Too large resource version: 99999999, current: ")


def test_a_list_over_all_namespaces(api: Api, labelled: str, space: str) -> None:
    items = api.get("/api/v1/configmaps", labelSelector="mine=yes").body["items"]
    assert {"a", "b", "c"} <= {item["metadata"]["name"] for item in items if item["metadata"]["namespace"] == space}
