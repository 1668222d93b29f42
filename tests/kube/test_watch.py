"""Watches under every kind of trouble, and on a real API server."""

import json
import threading
import time
from typing import Any

import pytest
import urllib3

from kube.apply import apply_object
from kube.connect import Api
from kube.errors import ApiError, Expired, Unreachable, WatchCut
from kube.lists import list_all
from kube.watch import Watch
from sandbox.controlplane import ControlPlane
from tests.kube import manifests
from tests.kube.conftest import CLAIM
from tests.kube.fake_server import CHUNKED, LAST_CHUNK, Part, chunk, head, serving
from tests.kube.hands import edit, remove


def event(kind: str, uid: str, version: int | str) -> bytes:
    thing = {"metadata": {"name": uid, "uid": uid, "resourceVersion": str(version)}}
    return json.dumps({"type": kind, "object": thing}).encode() + b"\n"


def error(code: int, reason: str, message: str = "") -> bytes:
    return json.dumps({"type": "ERROR", "object": {"kind": "Status", "code": code, "reason": reason, "message": message}}).encode() + b"\n"


def watched(*parts: Part, start: str = "1", **options: Any) -> list[tuple[str, str, str]]:
    """(type, uid, version to resume from) of each event of one stream."""
    with serving([CHUNKED, *parts]) as (api, _):
        events = Watch(api, "v1", "Pod", **options).events(start)
        return [(kind, thing["metadata"].get("uid", ""), version) for kind, thing, version in events]


def test_events_come_in_order_and_a_proper_end_just_ends() -> None:
    lines = event("ADDED", "a", 5) + event("MODIFIED", "a", 6) + event("DELETED", "a", 7)
    assert watched(chunk(lines[:40]), chunk(lines[40:]), LAST_CHUNK) == [("ADDED", "a", "5"), ("MODIFIED", "a", "6"), ("DELETED", "a", "7")]


def test_a_bookmark_moves_the_point_to_resume_from() -> None:
    bookmark = b'{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"40"}}}\n'
    assert watched(chunk(bookmark), LAST_CHUNK) == [("BOOKMARK", "", "40")]


def test_replayed_stale_and_reordered_events_are_skipped_but_no_new_one_is() -> None:
    told = [
        ("ADDED", "a", 5),
        ("MODIFIED", "a", 9),
        ("MODIFIED", "a", 9),
        ("MODIFIED", "a", 7),
        ("ADDED", "b", 8),
        ("DELETED", "a", 10),
        ("MODIFIED", "a", 6),
        ("ADDED", "a", 5),
        ("MODIFIED", "b", 12),
    ]
    lines = [event(*one) for one in told]
    got = watched(chunk(b"".join(lines)), LAST_CHUNK)
    assert got == [("ADDED", "a", "5"), ("MODIFIED", "a", "9"), ("ADDED", "b", "9"), ("DELETED", "a", "10"), ("MODIFIED", "b", "12")]


def test_a_listed_object_is_not_told_again_in_an_older_version() -> None:
    with serving([CHUNKED, chunk(event("MODIFIED", "a", 4) + event("MODIFIED", "a", 6)), LAST_CHUNK]) as (api, _):
        watch = Watch(api, "v1", "Pod")
        watch.seed([{"metadata": {"uid": "a", "resourceVersion": "5"}}])
        assert [version for _, _, version in watch.events("3")] == ["6"]


def test_after_a_new_list_the_history_may_begin_again() -> None:
    answers: list[list[Part]] = [[CHUNKED, chunk(event("ADDED", "a", version)), LAST_CHUNK] for version in (90, 4)]
    with serving(*answers) as (api, _):
        watch = Watch(api, "v1", "Pod")
        assert len(list(watch.events("1"))) == 1
        watch.seed([])
        assert len(list(watch.events("1"))) == 1


def test_opaque_versions_are_passed_on() -> None:
    lines = event("ADDED", "a", "x1") + event("MODIFIED", "a", "x0")
    assert [version for _, _, version in watched(chunk(lines), LAST_CHUNK)] == ["x1", "x0"]


@pytest.mark.parametrize(
    "answer",
    [
        [CHUNKED, chunk(error(410, "Expired", "too old")), LAST_CHUNK],
        [head(410, body=b'{"kind":"Status","code":410,"reason":"Expired","message":"too old"}')],
        [CHUNKED, chunk(b'{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"3"}}}\n'), LAST_CHUNK],
    ],
)
def test_a_version_that_is_too_old_or_of_another_history_is_expired(answer: list[Part]) -> None:
    with serving(answer) as (api, _), pytest.raises(Expired):
        list(Watch(api, "v1", "Pod").events("100"))


@pytest.mark.parametrize(
    "parts",
    [
        [chunk(event("ADDED", "a", 5)), b'40\r\n{"type"'],
        [chunk(event("ADDED", "a", 5) + b'{"type":"MOD')],
        [chunk(event("ADDED", "a", 5)), b"zz\r\n"],
        [chunk(event("ADDED", "a", 5) + b'{"type":"MOD'), LAST_CHUNK],
        [chunk(event("ADDED", "a", 5) + b"{}\n"), LAST_CHUNK],
        [chunk(event("ADDED", "a", 5) + error(500, "InternalError", "etcd \x1b[1mgone")), LAST_CHUNK],
        [chunk(event("ADDED", "a", 5))],
    ],
)
def test_a_cut_stream_gives_what_was_whole_and_then_says_so(parts: list[Part]) -> None:
    with serving([CHUNKED, *parts]) as (api, _):
        events = Watch(api, "v1", "Pod").events("1")
        assert next(events)[2] == "5"
        with pytest.raises(WatchCut) as cut:
            next(events)
    assert "\x1b" not in str(cut.value)


@pytest.mark.parametrize("answer", [[5.0], [CHUNKED, chunk(event("ADDED", "a", 5)), 5.0]])
def test_a_silent_connection_is_taken_for_dead(answer: list[Part]) -> None:
    with serving(answer) as (api, _):
        began = time.monotonic()
        with pytest.raises(WatchCut, match="Nothing came"):
            list(Watch(api, "v1", "Pod", idle_seconds=0.3).events("1"))
        assert time.monotonic() - began < 2


def test_a_gone_server_is_unreachable_and_a_refusal_is_a_refusal() -> None:
    with serving() as (api, script):
        script.listener.close()
        with pytest.raises(Unreachable):
            list(Watch(api, "v1", "Pod").events("1"))
    with serving([head(403, body=b'{"kind":"Status","code":403,"reason":"Forbidden"}')]) as (api, _), pytest.raises(ApiError):
        list(Watch(api, "v1", "Pod").events("1"))


def stopped_after(watch: Watch, wait: float = 0.3) -> float:
    """Seconds from stop() until a thread that runs the watch has ended without an error."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            list(watch.events("1"))
        except BaseException as caught:
            failures.append(caught)

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(wait)
    began = time.monotonic()
    watch.stop()
    thread.join(10)
    assert not thread.is_alive() and not failures, failures
    return time.monotonic() - began


@pytest.mark.parametrize("answer", [[5.0], [CHUNKED, 5.0], [CHUNKED, chunk(event("ADDED", "a", 5) + b'{"ty'), 5.0]])
def test_a_watch_stops_within_a_second_wherever_it_waits(answer: list[Part]) -> None:
    with serving(answer) as (api, _):
        watch = Watch(api, "v1", "Pod")
        assert stopped_after(watch) < 1
        assert list(watch.events("1")) == []


def test_a_watch_over_tls_stops_within_a_second(api: Api) -> None:
    assert stopped_after(Watch(api, "v1", "Pod"), wait=1) < 1


def test_a_real_server_tells_what_hands_do(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    _, version = list_all(api, "v1", "ResourceQuota", namespace=namespace)
    apply_object(api, manifest, claim=CLAIM, fresh=True)
    edit(api, manifest, [{"op": "add", "path": "/spec/hard/pods", "value": "9"}])
    remove(api, manifest)
    got = [
        (kind, thing["spec"]["hard"].get("pods"))
        for kind, thing, _ in Watch(api, "v1", "ResourceQuota", namespace=namespace, timeout_seconds=2).events(version)
        if kind != "BOOKMARK"
    ]
    assert got[0] == ("ADDED", None) and got[-1] == ("DELETED", "9")
    assert ("MODIFIED", "9") in got


def test_a_real_server_has_forgotten_a_compacted_version(control_plane: ControlPlane, api: Api, namespace: str) -> None:
    _, old = list_all(api, "v1", "ResourceQuota", namespace=namespace)
    latest = apply_object(api, manifests.limit_range(namespace), claim=CLAIM, fresh=True).resource_version
    compaction = json.dumps({"revision": latest, "physical": True})
    urllib3.request("POST", f"{control_plane._etcd_url}/v3/kv/compaction", body=compaction, timeout=10)
    control_plane.kill_api_server()
    control_plane.start_api_server()
    with pytest.raises(Expired):
        list(Watch(api, "v1", "ResourceQuota", namespace=namespace, timeout_seconds=2).events(old))
    _, version = list_all(api, "v1", "ResourceQuota", namespace=namespace)
    assert list(Watch(api, "v1", "ResourceQuota", namespace=namespace, timeout_seconds=1).events(version)) == []


def test_a_list_comes_in_pages_with_one_version(api: Api, namespace: str) -> None:
    for index in range(7):
        manifest = manifests.quota(namespace)
        manifest["metadata"]["name"] = f"q{index}"
        apply_object(api, manifest, claim=CLAIM, fresh=True)
    items, version = list_all(api, "v1", "ResourceQuota", namespace=namespace, page=3, label_selector="slipway.dev/owner")
    found = list(items)
    assert sorted(item["metadata"]["name"] for item in found) == [f"q{index}" for index in range(7)]
    assert {(item["apiVersion"], item["kind"]) for item in found} == {("v1", "ResourceQuota")}
    assert int(version) >= max(int(item["metadata"]["resourceVersion"]) for item in found)
    cached, _ = list_all(api, "v1", "ResourceQuota", namespace=namespace, resource_version="0", page=2)
    assert len(list(cached)) == 7
    assert list(list_all(api, "v1", "ResourceQuota", namespace=namespace, label_selector="never=there")[0]) == []


def test_a_page_that_became_too_old_is_expired() -> None:
    first = b'{"metadata":{"resourceVersion":"5","continue":"x"},"items":[{"metadata":{"name":"a"}}]}'
    gone = b'{"kind":"Status","code":410,"reason":"Expired","message":"too old"}'
    with serving([head(200, "Connection: close", body=first)], [head(410, body=gone)]) as (api, script):
        items, version = list_all(api, "v1", "Pod")
        assert (version, next(items)["kind"]) == ("5", "Pod")
        with pytest.raises(Expired):
            next(items)
    assert b"continue=x" in script.requests[1]
