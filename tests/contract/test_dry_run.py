"""Dry runs: the whole way of a write, without the write."""

from tests.contract.client import STRATEGIC, Api
from tests.contract.definitions import DEFINITIONS, definition, install, new_group, widget
from tests.contract.objects import config_map, container, deployment, pod, quota


def test_a_dry_creation_answers_as_a_real_one(api: Api, pods: str) -> None:
    answer = api.post(pods, pod("a"), dryRun="All")
    assert answer.code == 201 and answer.body["spec"]["restartPolicy"] == "Always" and answer.body["metadata"]["uid"]
    assert "resourceVersion" not in answer.body["metadata"]
    assert api.get(f"{pods}/a").code == 404


def test_a_dry_apply_shows_the_result(api: Api, maps: str) -> None:
    before = api.apply(f"{maps}/a", config_map("a", {"x": "1"})).body
    shown = api.apply(f"{maps}/a", config_map("a", {"x": "2"}), dryRun="All")
    assert shown.code == 200 and shown.body["data"] == {"x": "2"}
    assert api.get(f"{maps}/a").body == before


def test_a_dry_apply_of_a_new_object_creates_nothing(api: Api, maps: str) -> None:
    assert api.apply(f"{maps}/a", config_map("a", {"x": "1"}), dryRun="All").code == 201
    assert api.get(f"{maps}/a").code == 404


def test_a_dry_patch_changes_nothing(api: Api, maps: str) -> None:
    before = api.post(maps, config_map("a", {"x": "1"})).body
    assert api.patch(f"{maps}/a", {"data": {"x": "2"}}, dryRun="All").body["data"] == {"x": "2"}
    assert api.get(f"{maps}/a").body == before


def test_a_dry_replacement_changes_nothing(api: Api, maps: str) -> None:
    before = api.post(maps, config_map("a", {"x": "1"})).body
    assert api.call("PUT", f"{maps}/a", config_map("a", {"x": "2"}), dryRun="All").body["data"] == {"x": "2"}
    assert api.get(f"{maps}/a").body == before


def test_a_dry_deletion_of_many_deletes_none(api: Api, maps: str) -> None:
    for name in ("a", "b"):
        api.post(maps, config_map(name, labels={"l": "1"}))
    assert api.delete(maps, labelSelector="l=1", dryRun="All").code == 200
    left = api.get(maps, labelSelector="l=1").body["items"]
    assert len(left) == 2 and not any("deletionTimestamp" in each["metadata"] for each in left)


def test_dry_writes_of_subresources_change_nothing(api: Api, pods: str, space: str) -> None:
    before = api.post(pods, pod("a", schedulerName="nobody")).body
    patched = api.patch(f"{pods}/a/status", {"status": {"message": "hello"}}, STRATEGIC, dryRun="All").body
    assert patched["status"]["message"] == "hello"
    bound = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "a"}, "target": {"kind": "Node", "name": "some-node"}}
    assert api.post(f"{pods}/a/binding", bound, dryRun="All").code == 201
    assert api.get(f"{pods}/a").body == before
    deployments = f"/apis/apps/v1/namespaces/{space}/deployments"
    api.post(deployments, deployment("a", container(), paused=True, replicas=0))
    assert api.patch(f"{deployments}/a/scale", {"spec": {"replicas": 3}}, dryRun="All").body["spec"] == {"replicas": 3}
    assert api.get(f"{deployments}/a").body["spec"]["replicas"] == 0


def test_dry_definitions_and_custom_objects_leave_nothing(api: Api, space: str) -> None:
    group = new_group()
    assert api.post(DEFINITIONS, definition(group), dryRun="All").code == 201
    assert api.get(f"{DEFINITIONS}/widgets.{group}").code == 404
    path = f"{install(api, definition(group))}/namespaces/{space}/widgets"
    assert api.post(path, widget(group), dryRun="All").body["spec"] == {"size": 3, "mode": "slow"}
    assert api.post(path, widget(group, size=99), dryRun="All").code == 422
    assert api.get(path).body["items"] == []


def test_a_dry_namespace_stays(api: Api, space: str) -> None:
    assert api.delete(f"/api/v1/namespaces/{space}", dryRun="All").code == 200
    assert api.get(f"/api/v1/namespaces/{space}").body["status"]["phase"] == "Active"


def test_a_dry_run_is_refused_where_the_write_would_be(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}/resourcequotas"
    assert api.post(path, quota(requests__cpu="-1"), dryRun="All").code == 422
    assert api.post("/api/v1/namespaces/never-was/configmaps", config_map(), dryRun="All").code == 404


def test_an_unknown_dry_run_is_invalid(api: Api, maps: str) -> None:
    answer = api.post(maps, config_map(), dryRun="Some")
    assert answer.code == 422 and answer.fields == ["dryRun"]
