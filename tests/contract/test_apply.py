"""Server-side apply: who owns what, conflicts, what is dropped, and what a plain write leaves behind."""

import time
from typing import Any

import pytest

from tests.contract.client import STRATEGIC, Api
from tests.contract.objects import binding, config_map, container, deployment, fields_of, managers_of, pod

WRONG_UID = "11111111-1111-1111-1111-111111111111"


def test_an_apply_creates_and_owns(api: Api, maps: str) -> None:
    answer = api.apply(f"{maps}/a", config_map("a", {"x": "1"}, labels={"l": "v"}))
    assert answer.code == 201
    assert fields_of(answer.body, "one") == {"f:data": {"f:x": {}}, "f:metadata": {"f:labels": {"f:l": {}}}}
    assert managers_of(answer.body) == {("one", "Apply")}


def test_the_same_apply_changes_nothing(api: Api, maps: str) -> None:
    first = api.apply(f"{maps}/a", config_map("a", {"x": "1"})).body
    again = api.apply(f"{maps}/a", config_map("a", {"x": "1"}))
    assert first["data"] == {"x": "1"} and again.code == 200 and again.body == first


def test_a_conflict_names_manager_and_field(api: Api, maps: str) -> None:
    api.apply(f"{maps}/a", config_map("a", {"x": "1", "y": "1"}))
    answer = api.apply(f"{maps}/a", config_map("a", {"x": "2"}), "two")
    assert (answer.code, answer.body["reason"]) == (409, "Conflict")
    assert answer.message == 'Apply failed with 1 conflict: conflict with "one": .data.x'
    assert answer.body["details"]["causes"] == [{"reason": "FieldManagerConflict", "message": 'conflict with "one"', "field": ".data.x"}]


def test_several_conflicts_are_all_named(api: Api, maps: str) -> None:
    api.apply(f"{maps}/a", config_map("a", {"x": "1", "y": "1"}))
    answer = api.apply(f"{maps}/a", config_map("a", {"x": "2", "y": "2"}), "two")
    assert answer.message == 'Apply failed with 2 conflicts: conflicts with "one":\n- .data.x\n- .data.y'


def test_a_conflict_with_a_plain_write_says_so(api: Api, maps: str) -> None:
    api.call("POST", maps, config_map("a", {"x": "1"}), agent="hand/1")
    answer = api.apply(f"{maps}/a", config_map("a", {"x": "2"}))
    assert answer.code == 409 and answer.body["details"]["causes"][0]["message"].startswith('conflict with "hand" using v1')


def test_amounts_are_compared_as_they_are_written(api: Api, pods: str) -> None:
    body = pod("a", limits={"memory": "2048Mi"})
    assert api.apply(f"{pods}/a", body).body["spec"]["containers"][0]["resources"]["limits"] == {"memory": "2Gi"}
    assert api.apply(f"{pods}/a", body).code == 200
    answer = api.apply(f"{pods}/a", body, "two")
    assert answer.message == 'Apply failed with 1 conflict: conflict with "one": .spec.containers[name="main"].resources.limits.memory'
    assert api.apply(f"{pods}/a", pod("a", limits={"memory": "2Gi"}), "two").code == 200


def test_force_takes_the_field(api: Api, maps: str) -> None:
    api.apply(f"{maps}/a", config_map("a", {"x": "1", "y": "1"}))
    forced = api.apply(f"{maps}/a", config_map("a", {"x": "2"}), "two", force="true").body
    assert forced["data"] == {"x": "2", "y": "1"}
    assert fields_of(forced, "one") == {"f:data": {"f:y": {}}} and fields_of(forced, "two") == {"f:data": {"f:x": {}}}


def test_equal_values_are_shared(api: Api, maps: str) -> None:
    api.apply(f"{maps}/a", config_map("a", {"x": "1"}))
    shared = api.apply(f"{maps}/a", config_map("a", {"x": "1"}), "two").body
    assert fields_of(shared, "one") == fields_of(shared, "two") == {"f:data": {"f:x": {}}}
    assert api.apply(f"{maps}/a", config_map("a", {})).body["data"] == {"x": "1"}
    assert "data" not in api.apply(f"{maps}/a", config_map("a", {}), "two").body


def test_a_dropped_field_is_removed(api: Api, maps: str) -> None:
    api.apply(f"{maps}/a", config_map("a", {"x": "1", "y": "2"}, labels={"l": "v"}))
    left = api.apply(f"{maps}/a", config_map("a", {"y": "2"})).body
    assert left["data"] == {"y": "2"} and "labels" not in left["metadata"]


def test_what_a_hand_added_stays_and_is_the_hands(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}/resourcequotas/q"
    wanted: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "q"},
        "spec": {"hard": {"requests.cpu": "1000m"}},
    }
    api.apply(path, wanted)
    api.call(
        "PATCH", path, {"spec": {"hard": {"requests.nvidia.com/gpu": "8"}}}, content_type="application/merge-patch+json", agent="hand/1"
    )
    forced = api.apply(path, wanted, force="true").body
    assert forced["spec"]["hard"] == {"requests.cpu": "1", "requests.nvidia.com/gpu": "8"}
    assert fields_of(forced, "hand") == {"f:spec": {"f:hard": {"f:requests.nvidia.com/gpu": {}}}}


def test_a_plain_write_takes_ownership(api: Api, maps: str) -> None:
    api.apply(f"{maps}/a", config_map("a", {"x": "1", "y": "1"}))
    written = api.call(
        "PATCH", f"{maps}/a", {"data": {"x": "2"}}, content_type="application/merge-patch+json", agent="hand/1.0 (linux)"
    ).body
    assert managers_of(written) == {("one", "Apply"), ("hand", "Update")}
    assert fields_of(written, "one") == {"f:data": {"f:y": {}}} and fields_of(written, "hand") == {"f:data": {"f:x": {}}}


def test_a_removal_by_hand_takes_ownership_away(api: Api, maps: str) -> None:
    api.apply(f"{maps}/a", config_map("a", {"x": "1", "y": "1"}))
    written = api.patch(f"{maps}/a", {"data": {"x": None}}).body
    assert fields_of(written, "one") == {"f:data": {"f:y": {}}}


def test_a_field_manager_can_be_named_in_any_write(api: Api, maps: str) -> None:
    created = api.post(maps, config_map("a", {"x": "1"}), fieldManager="somebody").body
    assert managers_of(created) == {("somebody", "Update")}


def test_containers_are_owned_one_by_one(api: Api, space: str) -> None:
    path = f"/apis/apps/v1/namespaces/{space}/deployments/a"
    api.apply(path, deployment("a", container("main"), paused=True))
    other = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}}
    other["spec"] = {"template": {"spec": {"containers": [container("side", env=[{"name": "A", "value": "1"}])]}}}
    both = api.apply(path, other, "two").body
    assert [each["name"] for each in both["spec"]["template"]["spec"]["containers"]] == ["main", "side"]
    owned = fields_of(both, "two")["f:spec"]["f:template"]["f:spec"]["f:containers"]
    assert owned == {
        'k:{"name":"side"}': {".": {}, "f:name": {}, "f:image": {}, "f:env": {'k:{"name":"A"}': {".": {}, "f:name": {}, "f:value": {}}}}
    }
    other["spec"]["template"]["spec"]["containers"] = []
    left = api.apply(path, other, "two").body
    assert [each["name"] for each in left["spec"]["template"]["spec"]["containers"]] == ["main"]


def test_a_conflict_inside_a_list_names_the_item(api: Api, space: str) -> None:
    path = f"/apis/apps/v1/namespaces/{space}/deployments/a"
    api.apply(path, deployment("a", container("main"), paused=True))
    answer = api.apply(path, deployment("a", container("main", "example.org/new:2"), paused=True), "two")
    assert answer.code == 409 and answer.fields == ['.spec.template.spec.containers[name="main"].image']


def test_who_gives_an_item_up_takes_it_away_though_somebody_changed_a_field_of_it(api: Api, space: str) -> None:
    path = f"/apis/apps/v1/namespaces/{space}/deployments/a"
    api.apply(path, deployment("a", container("one"), container("two")))
    change = {"spec": {"template": {"spec": {"containers": [{"name": "two", "image": "example.org/newer:9"}]}}}}
    assert api.patch(path, change, STRATEGIC, fieldManager="hand").code == 200
    answer = api.apply(path, deployment("a", container("one")), force="true")
    assert answer.code == 200
    assert [each["name"] for each in answer.body["spec"]["template"]["spec"]["containers"]] == ["one"]


def test_ports_are_keyed_by_number_and_protocol(api: Api, space: str) -> None:
    path = f"/apis/apps/v1/namespaces/{space}/deployments/a"
    ports = [{"containerPort": 53, "protocol": "UDP"}, {"containerPort": 53, "protocol": "TCP"}]
    applied = api.apply(path, deployment("a", container("main", ports=ports), paused=True)).body
    owned = fields_of(applied, "one")["f:spec"]["f:template"]["f:spec"]["f:containers"]['k:{"name":"main"}']["f:ports"]
    assert set(owned) == {'k:{"containerPort":53,"protocol":"TCP"}', 'k:{"containerPort":53,"protocol":"UDP"}'}


def test_subjects_are_replaced_as_one(api: Api, space: str) -> None:
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{space}/rolebindings/b"
    api.apply(path, binding("b", "view", {"kind": "User", "name": "u", "apiGroup": "rbac.authorization.k8s.io"}))
    other = binding("b", "view", {"kind": "User", "name": "w", "apiGroup": "rbac.authorization.k8s.io"})
    assert api.apply(path, other, "two").fields == [".subjects"]
    assert [each["name"] for each in api.apply(path, other, "two", force="true").body["subjects"]] == ["w"]


def test_finalizers_are_a_set(api: Api, maps: str) -> None:
    api.apply(f"{maps}/a", config_map("a", finalizers=["example.org/one"]))
    both = api.apply(f"{maps}/a", config_map("a", finalizers=["example.org/two"]), "two").body
    assert sorted(both["metadata"]["finalizers"]) == ["example.org/one", "example.org/two"]
    left = api.apply(f"{maps}/a", config_map("a")).body
    assert left["metadata"]["finalizers"] == ["example.org/two"]
    api.apply(f"{maps}/a", config_map("a"), "two")


def test_an_apply_needs_a_manager(api: Api, maps: str) -> None:
    answer = api.patch(f"{maps}/a", config_map("a"), "application/apply-patch+yaml")
    assert answer.code == 422 and "fieldManager: Required value: is required for apply patch" in answer.message


def test_an_apply_carries_no_managed_fields(api: Api, maps: str) -> None:
    answer = api.apply(f"{maps}/a", config_map("a", managedFields=[{"manager": "x", "operation": "Apply"}]))
    assert (answer.code, answer.message) == (400, "metadata.managedFields must be nil")


def test_an_apply_of_an_unknown_field_is_refused(api: Api, maps: str) -> None:
    answer = api.apply(f"{maps}/a", {**config_map("a"), "bogus": 1})
    assert answer.code >= 400 and answer.message.endswith(".bogus: field not declared in schema")


def test_an_apply_with_an_item_twice_is_refused(api: Api, space: str) -> None:
    path = f"/apis/apps/v1/namespaces/{space}/deployments/a"
    answer = api.apply(path, deployment("a", container("main"), container("main", "example.org/other:1"), paused=True))
    assert answer.code == 500 and answer.message.startswith("failed to create typed patch object")
    assert answer.message.endswith('.spec.template.spec.containers: duplicate entries for key [name="main"]')
    finalizers = api.apply(f"/api/v1/namespaces/{space}/configmaps/a", config_map("a", finalizers=["example.org/x", "example.org/x"]))
    assert finalizers.code == 500 and "duplicate entries for key" in finalizers.message
    assert api.get(path).code == 404


def test_who_sets_a_pods_tolerations_owns_them(api: Api, pods: str) -> None:
    """Though admission puts back what every pod tolerates."""
    toleration = {"key": "dedicated", "operator": "Exists", "effect": "NoSchedule"}
    api.post(pods, pod("a", tolerations=[toleration]), fieldManager="one")
    written = api.patch(f"{pods}/a", {"spec": {"tolerations": [toleration]}}, fieldManager="two").body
    assert len(written["spec"]["tolerations"]) == 3
    assert fields_of(written, "two")["f:spec"] == {"f:tolerations": {}} and "f:tolerations" not in fields_of(written, "one")["f:spec"]


def test_a_uid_of_an_absent_object_is_a_conflict(api: Api, maps: str) -> None:
    answer = api.apply(f"{maps}/a", config_map("a", uid=WRONG_UID))
    assert (answer.code, answer.body["reason"]) == (409, "Conflict")
    assert f"uid mismatch: the provided object specified uid {WRONG_UID}, and no existing object was found" in answer.message
    assert api.get(f"{maps}/a").code == 404


def test_a_foreign_uid_is_refused(api: Api, maps: str) -> None:
    first = api.apply(f"{maps}/a", config_map("a", {"x": "1"})).body
    answer = api.apply(f"{maps}/a", config_map("a", {"x": "2"}, uid=WRONG_UID), force="true")
    assert answer.code == 422 and set(answer.fields) == {"metadata.uid"} and "field is immutable" in answer.message
    assert api.get(f"{maps}/a").body == first


def test_the_right_uid_and_version_are_accepted(api: Api, maps: str) -> None:
    metadata = api.apply(f"{maps}/a", config_map("a", {"x": "1"})).body["metadata"]
    wanted = config_map("a", {"x": "2"}, uid=metadata["uid"], resourceVersion=metadata["resourceVersion"])
    assert api.apply(f"{maps}/a", wanted).code == 200
    assert api.apply(f"{maps}/a", wanted | {"data": {"x": "3"}}).code == 409


def test_an_apply_of_the_status_owns_the_status(api: Api, pods: str) -> None:
    spec = {"containers": [container()]}
    api.apply(f"{pods}/a", {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec})
    status = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "status": {"message": "hello"}}
    applied = api.apply(f"{pods}/a/status", status, "two").body
    assert applied["status"]["message"] == "hello" and fields_of(applied, "two") == {"f:status": {"f:message": {}}}


@pytest.mark.since(22, "managedFields name the subresource since 1.22")
def test_managed_fields_name_the_subresource(api: Api, pods: str) -> None:
    api.post(pods, {"metadata": {"name": "a"}, "spec": {"containers": [container()]}})
    written = api.patch(f"{pods}/a/status", {"status": {"message": "hello"}}, fieldManager="kubelet").body
    entry = next(each for each in written["metadata"]["managedFields"] if each["manager"] == "kubelet")
    assert entry["subresource"] == "status"


@pytest.mark.since(27, "an apply with empty lists writes the time of its entry again and again before 1.27")
def test_the_same_apply_with_empty_lists_changes_nothing(api: Api, space: str) -> None:
    path = f"/apis/networking.k8s.io/v1/namespaces/{space}/networkpolicies/p"
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": []}
    wanted = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "p"}, "spec": spec}
    first = api.apply(path, wanted).body
    assert first["metadata"]["uid"]
    time.sleep(1.1)
    assert api.apply(path, wanted).body == first


def test_empty_lists_are_owned_though_not_shown(api: Api, space: str) -> None:
    path = f"/apis/networking.k8s.io/v1/namespaces/{space}/networkpolicies/p"
    spec = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [], "egress": []}
    wanted = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "p"}, "spec": spec}
    applied = api.apply(path, wanted).body
    assert set(fields_of(applied, "one")["f:spec"]) == {"f:podSelector", "f:policyTypes", "f:ingress", "f:egress"}
    assert "ingress" not in applied["spec"] and applied["spec"]["podSelector"] == {}


def test_an_apply_removes_what_a_hand_opened_by_list(api: Api, space: str) -> None:
    path = f"/apis/networking.k8s.io/v1/namespaces/{space}/networkpolicies/p"
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": []}
    wanted = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "p"}, "spec": spec}
    api.apply(path, wanted)
    api.patch(path, {"spec": {"ingress": [{"from": [{"podSelector": {}}]}]}})
    assert api.apply(path, wanted).code == 409
    assert "ingress" not in api.apply(path, wanted, force="true").body["spec"]
