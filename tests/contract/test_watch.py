"""Watches: no gap, filters, bookmarks, versions that are gone."""

import time
from typing import Any

import pytest

from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from tests.contract.client import Api
from tests.contract.objects import config_map


def _short(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["type"], event["object"]["metadata"]["name"]) for event in events]


def test_a_watch_from_a_version_misses_nothing(api: Api, maps: str) -> None:
    start = api.get(maps, labelSelector="w").body["metadata"]["resourceVersion"]
    api.post(maps, config_map("a", {"x": "1"}, labels={"w": "1"}))
    api.patch(f"{maps}/a", {"data": {"x": "2"}})
    deleted = api.get(f"{maps}/a").body["metadata"]["resourceVersion"]
    api.delete(f"{maps}/a")
    events = list(api.watch(maps, 1, resourceVersion=start, labelSelector="w"))
    assert _short(events) == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in events]
    assert versions == sorted(set(versions)) and versions[2] > int(deleted)
    assert events[1]["object"]["data"] == {"x": "2"} and events[0]["object"]["kind"] == "ConfigMap"


def test_a_watch_without_version_starts_with_what_is(api: Api, maps: str) -> None:
    api.post(maps, config_map("a", labels={"w": "1"}))
    api.post(maps, config_map("b", labels={"w": "1"}))
    assert sorted(_short(list(api.watch(maps, 1, labelSelector="w")))) == [("ADDED", "a"), ("ADDED", "b")]


def test_an_object_that_leaves_the_selection_is_deleted(api: Api, maps: str) -> None:
    start = api.post(maps, config_map("a", labels={"w": "1"})).body["metadata"]["resourceVersion"]
    api.patch(f"{maps}/a", {"metadata": {"labels": {"w": "2"}}})
    api.patch(f"{maps}/a", {"metadata": {"labels": {"w": "1"}}})
    events = list(api.watch(maps, 1, resourceVersion=start, labelSelector="w=1"))
    assert _short(events) == [("DELETED", "a"), ("ADDED", "a")]
    assert events[0]["object"]["metadata"]["labels"] == {"w": "1"}


def test_a_watch_of_one_name(api: Api, maps: str) -> None:
    start = api.get(maps).body["metadata"]["resourceVersion"]
    api.post(maps, config_map("a"))
    api.post(maps, config_map("b"))
    assert _short(list(api.watch(maps, 1, resourceVersion=start, fieldSelector="metadata.name=b"))) == [("ADDED", "b")]


def test_a_watch_sees_what_happens_while_it_runs(api: Api, maps: str) -> None:
    start = api.get(maps).body["metadata"]["resourceVersion"]
    events = api.watch(maps, 5, resourceVersion=start)
    api.post(maps, config_map("first"))
    assert _short([next(events)]) == [("ADDED", "first")]
    api.post(maps, config_map("second"))
    assert _short([next(events)]) == [("ADDED", "second")]


def test_a_watch_over_all_namespaces_sees_this_one(api: Api, maps: str, space: str) -> None:
    start = api.get(maps).body["metadata"]["resourceVersion"]
    api.post(maps, config_map("a", labels={"space": space}))
    events = list(api.watch("/api/v1/configmaps", 1, resourceVersion=start, labelSelector=f"space={space}"))
    assert _short(events) == [("ADDED", "a")]


def test_a_version_from_before_a_restart_is_gone(api: Api, maps: str, server: EmbeddedCluster | ControlPlane) -> None:
    old = api.post(maps, config_map("a")).body["metadata"]["resourceVersion"]
    api.patch(f"{maps}/a", {"data": {"x": "1"}})
    server.kill_api_server()
    server.start_api_server()
    assert api.get(f"{maps}/a").body["data"] == {"x": "1"}
    events = list(api.watch(maps, 2, resourceVersion=old))
    assert [event["type"] for event in events] == ["ERROR"]
    assert events[0]["object"]["code"] == 410 and events[0]["object"]["reason"] == "Expired"
    assert f"too old resource version: {old} (" in events[0]["object"]["message"]


def test_bookmarks_carry_a_version_only(api: Api, maps: str) -> None:
    start = api.post(maps, config_map("a")).body["metadata"]["resourceVersion"]
    # A server may send none: the API promises no rhythm.
    for event in api.watch(maps, 6, resourceVersion=start, allowWatchBookmarks="true"):
        assert event["type"] == "BOOKMARK" and event["object"]["kind"] == "ConfigMap"
        assert int(event["object"]["metadata"]["resourceVersion"]) >= int(start) and "name" not in event["object"]["metadata"]


def test_a_watch_ends_in_time(api: Api, maps: str) -> None:
    start, begun = api.get(maps).body["metadata"]["resourceVersion"], time.monotonic()
    assert list(api.watch(maps, 2, resourceVersion=start)) == [] and time.monotonic() - begun > 1.5


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("labelSelector", "a in (b", 400),
        ("fieldSelector", "data.x=1", 400),
        ("timeoutSeconds", "x", 400),
        ("resourceVersionMatch", "Exact", 422),
    ],
)
def test_a_watch_that_cannot_be_is_refused_at_once(api: Api, maps: str, option: str, value: str, code: int) -> None:
    answer = api.get(maps, watch="true", **{"timeoutSeconds": "2", "resourceVersion": "1", option: value})
    assert (answer.code, answer.body["kind"]) == (code, "Status")


@pytest.mark.since(34, "it streams no lists")
def test_a_list_can_be_streamed(api: Api, maps: str) -> None:
    api.post(maps, config_map("a", labels={"w": "1"}))
    wanted = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true", "labelSelector": "w"}
    events = api.watch(maps, 5, **wanted)
    assert _short([next(events)]) == [("ADDED", "a")]
    end = next(events)
    assert end["type"] == "BOOKMARK" and end["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    api.post(maps, config_map("b", labels={"w": "1"}))
    assert _short([next(events)]) == [("ADDED", "b")]
    refused = api.get(maps, watch="true", sendInitialEvents="true")
    assert refused.code == 422 and "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan" in refused.message
