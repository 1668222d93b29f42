"""What somebody with kubectl does to our objects behind our back."""

import time
from datetime import UTC, datetime
from typing import Any

from kube.connect import Api
from kube.inventory import Entry, Ref, updated
from kube.kinds import path_of
from kube.result import Result

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def entry_of(result: Result) -> Entry:
    """The inventory entry of a confirmed apply."""
    assert result.confirmed, result
    return updated([], [result], NOW)[0]


def get(api: Api, thing: Any) -> dict[str, Any]:
    return api.request("GET", path_of(Ref.of(thing)))


def edit(api: Api, thing: Any, patch: list[dict[str, Any]], manager: str = "kubectl-edit") -> dict[str, Any]:
    query = {"fieldManager": manager}
    return api.request("PATCH", path_of(Ref.of(thing)), query=query, body=patch, content_type="application/json-patch+json")


def remove(api: Api, thing: Any) -> None:
    api.request("DELETE", path_of(Ref.of(thing)))


def settled(api: Api, thing: Any) -> dict[str, Any]:
    """The object once the controllers of the cluster have stopped writing to it."""
    deadline = time.monotonic() + 10
    live = get(api, thing)
    while time.monotonic() < deadline:
        time.sleep(0.3)
        before, live = live, get(api, thing)
        hard = live.get("status", {}).get("hard", {}) if live["kind"] == "ResourceQuota" else {}
        waiting = live["kind"] == "ResourceQuota" and set(hard) != set(live["spec"]["hard"])
        if before == live and not waiting:
            return live
    raise AssertionError(f"{thing} does not come to rest")
