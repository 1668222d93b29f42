"""Dry runs: the whole way of a write, without the write."""

from tests.contract.client import Api
from tests.contract.objects import config_map, pod, quota


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


def test_a_dry_run_is_refused_where_the_write_would_be(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}/resourcequotas"
    assert api.post(path, quota(requests__cpu="-1"), dryRun="All").code == 422
    assert api.post("/api/v1/namespaces/never-was/configmaps", config_map(), dryRun="All").code == 404


def test_an_unknown_dry_run_is_invalid(api: Api, maps: str) -> None:
    answer = api.post(maps, config_map(), dryRun="Some")
    assert answer.code == 422 and answer.fields == ["dryRun"]
