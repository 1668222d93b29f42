"""JSON, merge and strategic patches."""

from tests.contract.client import JSON_PATCH, STRATEGIC, Api
from tests.contract.objects import config_map, container, deployment


def test_a_merge_patch_sets_and_removes(api: Api, maps: str) -> None:
    api.post(maps, config_map("a", {"x": "1", "y": "2"}))
    assert api.patch(f"{maps}/a", {"data": {"x": None, "z": "3"}}).body["data"] == {"y": "2", "z": "3"}


def test_a_merge_patch_replaces_lists(api: Api, space: str) -> None:
    path = f"/apis/apps/v1/namespaces/{space}/deployments"
    api.post(path, deployment("a", container("one"), container("two"), paused=True))
    patched = api.patch(f"{path}/a", {"spec": {"template": {"spec": {"containers": [container("three")]}}}}).body
    assert [each["name"] for each in patched["spec"]["template"]["spec"]["containers"]] == ["three"]


def test_a_json_patch_runs_its_operations_in_order(api: Api, maps: str) -> None:
    api.post(maps, config_map("a", {"x": "1"}))
    operations = [
        {"op": "test", "path": "/data/x", "value": "1"},
        {"op": "add", "path": "/data/y~1z", "value": "2"},
        {"op": "move", "from": "/data/y~1z", "path": "/data/z"},
        {"op": "copy", "from": "/data/x", "path": "/data/w"},
        {"op": "remove", "path": "/data/x"},
    ]
    assert api.patch(f"{maps}/a", operations, JSON_PATCH).body["data"] == {"z": "2", "w": "1"}


def test_a_failed_test_changes_nothing(api: Api, maps: str) -> None:
    created = api.post(maps, config_map("a", {"x": "1"})).body
    operations = [{"op": "remove", "path": "/data/x"}, {"op": "test", "path": "/metadata/uid", "value": "another"}]
    answer = api.patch(f"{maps}/a", operations, JSON_PATCH)
    assert (answer.code, answer.body["reason"]) == (422, "Invalid")
    assert api.get(f"{maps}/a").body == created


def test_a_json_patch_of_a_missing_path_is_invalid(api: Api, maps: str) -> None:
    api.post(maps, config_map("a", {"x": "1"}))
    assert api.patch(f"{maps}/a", [{"op": "remove", "path": "/data/no"}], JSON_PATCH).code == 422
    assert api.patch(f"{maps}/a", [{"op": "add", "path": "/binaryData/no", "value": "1"}], JSON_PATCH).code == 422


def test_a_json_patch_replaces_even_a_missing_key(api: Api, maps: str) -> None:
    api.post(maps, config_map("a", {"x": "1"}))
    patched = api.patch(f"{maps}/a", [{"op": "replace", "path": "/data/no", "value": "1"}], JSON_PATCH).body
    assert patched["data"] == {"x": "1", "no": "1"}


def test_a_json_patch_guards_itself_by_uid_and_version(api: Api, maps: str) -> None:
    metadata = api.post(maps, config_map("a", {"x": "1"})).body["metadata"]
    guards = [{"op": "test", "path": f"/metadata/{key}", "value": metadata[key]} for key in ("uid", "resourceVersion")]
    operations = [*guards, {"op": "remove", "path": "/data/x"}]
    assert "data" not in api.patch(f"{maps}/a", operations, JSON_PATCH).body
    assert api.patch(f"{maps}/a", operations, JSON_PATCH).code == 422


def test_a_strategic_patch_merges_containers_by_name(api: Api, space: str) -> None:
    path = f"/apis/apps/v1/namespaces/{space}/deployments"
    api.post(path, deployment("a", container("one", env=[{"name": "A", "value": "1"}]), container("two"), paused=True))
    change = {
        "spec": {
            "template": {"spec": {"containers": [{"name": "one", "image": "example.org/new:2", "env": [{"name": "B", "value": "2"}]}]}}
        }
    }
    patched = api.patch(f"{path}/a", change, STRATEGIC).body["spec"]["template"]["spec"]["containers"]
    first = next(each for each in patched if each["name"] == "one")
    assert len(patched) == 2 and first["image"] == "example.org/new:2"
    assert {each["name"]: each["value"] for each in first["env"]} == {"A": "1", "B": "2"}


def test_a_strategic_patch_deletes_by_directive(api: Api, space: str) -> None:
    path = f"/apis/apps/v1/namespaces/{space}/deployments"
    api.post(path, deployment("a", container("one"), container("two"), paused=True))
    change = {"spec": {"template": {"spec": {"containers": [{"name": "two", "$patch": "delete"}]}}}}
    patched = api.patch(f"{path}/a", change, STRATEGIC).body["spec"]["template"]["spec"]["containers"]
    assert [each["name"] for each in patched] == ["one"]


def test_a_strategic_patch_must_name_the_items_that_it_means(api: Api, space: str) -> None:
    path = f"/apis/apps/v1/namespaces/{space}/deployments"
    api.post(path, deployment("a", container("one"), paused=True))
    nameless = {"spec": {"template": {"spec": {"containers": [{"image": "example.org/new:2"}]}}}}
    answer = api.patch(f"{path}/a", nameless, STRATEGIC)
    assert (answer.code, answer.message) == (500, "map: map[image:example.org/new:2] does not contain declared merge key: name")


def test_a_strategic_patch_keeps_finalizers_of_others(api: Api, maps: str) -> None:
    api.post(maps, config_map("a", finalizers=["example.org/one"]))
    patched = api.patch(f"{maps}/a", {"metadata": {"finalizers": ["example.org/two"]}}, STRATEGIC).body
    assert sorted(patched["metadata"]["finalizers"]) == ["example.org/one", "example.org/two"]
    removal = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["example.org/one"]}}
    assert api.patch(f"{maps}/a", removal, STRATEGIC).body["metadata"]["finalizers"] == ["example.org/two"]


def test_a_stale_version_in_a_patch_is_a_conflict(api: Api, maps: str) -> None:
    old = api.post(maps, config_map("a", {"x": "1"})).body["metadata"]["resourceVersion"]
    api.patch(f"{maps}/a", {"data": {"x": "2"}})
    answer = api.patch(f"{maps}/a", {"metadata": {"resourceVersion": old}, "data": {"x": "3"}})
    assert (answer.code, answer.body["reason"]) == (409, "Conflict")


def test_a_foreign_uid_in_a_patch_is_invalid(api: Api, maps: str) -> None:
    api.post(maps, config_map("a", {"x": "1"}))
    answer = api.patch(f"{maps}/a", {"metadata": {"uid": "11111111-1111-1111-1111-111111111111"}})
    assert answer.code == 422 and set(answer.fields) == {"metadata.uid"} and "field is immutable" in answer.message


def test_a_patch_of_nothing_is_not_found(api: Api, maps: str) -> None:
    assert api.patch(f"{maps}/no", {"data": {}}).code == 404


def test_an_unknown_patch_type_is_refused(api: Api, maps: str) -> None:
    api.post(maps, config_map("a"))
    answer = api.patch(f"{maps}/a", {}, "application/unheard-of")
    assert (answer.code, answer.body["reason"]) == (415, "UnsupportedMediaType")
