"""How endpoints are spread over slices."""

from typing import Any

from sandbox.controllers.endpoints.backends import backends
from sandbox.controllers.endpoints.slices import Change, changes

Object = dict[str, Any]
SERVICE: Object = {
    "metadata": {"name": "web", "namespace": "n", "uid": "s"},
    "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "protocol": "TCP"}]},
}


def _pod(number: int) -> Object:
    status = {"podIP": f"10.0.{number // 250}.{number % 250 + 1}", "phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    metadata = {"name": f"p{number}", "namespace": "n", "uid": f"u{number}", "labels": {"app": "web"}}
    return {"metadata": metadata, "spec": {"containers": [], "nodeName": "node"}, "status": status}


def _changes(numbers: list[int], present: list[Object]) -> list[Change]:
    found = backends(SERVICE, [_pod(number) for number in numbers])
    return changes(SERVICE, found, present, "discovery.k8s.io/v1", lambda node: "east")


def _members(change: Change) -> list[str]:
    assert change.wanted
    return [each["targetRef"]["uid"] for each in change.wanted["endpoints"]]


def _created(numbers: list[int]) -> list[Object]:
    made = [change.wanted for change in _changes(numbers, []) if change.wanted]
    return [each | {"metadata": each["metadata"] | {"name": str(at)}} for at, each in enumerate(made)]


def _numbers(present: Object) -> set[int]:
    return {int(each["targetRef"]["uid"][1:]) for each in present["endpoints"]}


def test_a_slice_holds_a_hundred_endpoints() -> None:
    assert [len(_members(change)) for change in _changes(list(range(250)), [])] == [100, 100, 50]


def test_nothing_changes_when_nothing_changed() -> None:
    present = _created(list(range(250)))
    assert _changes(list(range(250)), present) == []


def test_a_new_endpoint_touches_one_slice_and_goes_where_room_is() -> None:
    present = _created(list(range(250)))
    gone = sorted(_numbers(present[1]))[:3]
    (change,) = _changes([*(set(range(250)) - set(gone)), 900], present)
    assert change.present is present[1]
    assert _members(change)[-1] == "u900" and len(_members(change)) == 98


def test_slices_that_are_empty_go_but_one() -> None:
    first, second = _changes([], _created(list(range(150))))
    assert first.wanted and (first.wanted["endpoints"], first.wanted["ports"], first.wanted["metadata"]["name"]) == ([], [], "0")
    assert second.wanted is None and second.present and second.present["metadata"]["name"] == "1"


def test_the_zone_of_the_node_is_told() -> None:
    (change,) = _changes([1], [])
    assert change.wanted and change.wanted["endpoints"][0]["zone"] == "east"
    assert change.wanted["endpoints"][0]["conditions"] == {"ready": True, "serving": True, "terminating": False}
