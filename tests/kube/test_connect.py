"""Connections: what an answer means, what no answer means, and what a kubeconfig may not do."""

import base64
import json
import multiprocessing
import time
from pathlib import Path

import pytest
import yaml

from kube.answers import retry_after_of
from kube.connect import Api, connect
from kube.deadline import Deadline
from kube.errors import ApiError, DeadlinePassed, KubeconfigError, Unreachable, safe_text
from kube.kubeconfig import read_file
from tests.kube.fake_server import head, kubeconfig_for, serving


def status(code: int, reason: str = "", message: str = "", **more: object) -> bytes:
    return json.dumps({"kind": "Status", "code": code, "reason": reason, "message": message, **more}).encode()


def refusal(*parts: bytes) -> ApiError:
    with serving(list(parts)) as (api, _), pytest.raises(ApiError) as caught:
        api.request("GET", "/x")
    return caught.value


def test_a_status_becomes_an_error_with_its_words() -> None:
    error = refusal(head(403, body=status(403, "Forbidden", "no \x1b[31mred\x1b[0m entry\x00")))
    assert (error.status, error.reason, error.message, error.retryable) == (403, "Forbidden", "no red entry", False)


@pytest.mark.parametrize(
    ("code", "retryable"),
    [(400, False), (401, False), (403, False), (409, True), (410, True), (422, False), (429, True), (500, True), (503, True), (504, True)],
)
def test_what_may_succeed_later_is_told_from_what_will_not(code: int, retryable: bool) -> None:
    assert refusal(head(code, body=status(code, "X"))).retryable is retryable


def test_a_malformed_patch_is_not_tried_again_although_it_is_a_500() -> None:
    message = "failed to create typed patch object: .spec.bogus: field not declared in schema"
    assert refusal(head(500, body=status(500, "", message))).retryable is False


def test_retry_after_is_obeyed_in_both_forms_and_capped() -> None:
    assert refusal(head(429, "Retry-After: 7", body=status(429))).retry_after == 7
    assert refusal(head(429, body=status(429, details={"retryAfterSeconds": 9}))).retry_after == 9
    date = "Sun, 06 Nov 1994 08:49:37 GMT"
    assert retry_after_of("Sun, 06 Nov 1994 08:49:47 GMT", date) == 10
    assert retry_after_of("86400") == 300
    assert retry_after_of("Sun, 06 Nov 1990 08:49:47 GMT", date) == 0
    assert [retry_after_of(text) for text in (None, "", "soon", "nan")] == [None] * 4


@pytest.mark.parametrize(
    "answer",
    [
        head(502, body=b"<html>bad gateway</html>"),
        head(503, body=b"upstream"),
        head(504, body=b""),
        head(302, "Location: http://127.0.0.1:1/"),
        head(200, body=b"<html>sign in</html>"),
        head(200, body=b"[]"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"nonsense\r\n\r\n",
    ],
)
def test_a_gateway_or_a_cut_is_not_an_answer(answer: bytes) -> None:
    with serving([answer], [answer]) as (api, _), pytest.raises(Unreachable):
        api.request("POST", "/x", body={})


def test_nobody_listening_and_nobody_answering_are_unreachable() -> None:
    with pytest.raises(Unreachable):
        connect(kubeconfig_for("http://127.0.0.1:1")).request("GET", "/x")
    with serving([2.0], timeout=0.2) as (api, _):
        began = time.monotonic()
        with pytest.raises(Unreachable):
            api.request("GET", "/x")
        assert time.monotonic() - began < 1


def test_a_read_is_asked_again_when_its_idle_connection_closes_but_a_write_is_not() -> None:
    with serving([b""], [head(200, body=b"{}")]) as (api, _):
        assert api.request("GET", "/x") == {}
    with serving([b""], [head(200, body=b"{}")]) as (api, script):
        with pytest.raises(Unreachable):
            api.request("PATCH", "/x", body={})
        assert len(script.requests) == 1


def test_a_call_waits_no_longer_than_the_deadline_and_none_begins_after_it() -> None:
    with serving([3.0], timeout=5) as (api, script):
        began = time.monotonic()
        with pytest.raises(DeadlinePassed):
            api.request("POST", "/x", body={}, deadline=Deadline(0.2))
        assert time.monotonic() - began < 1
        with pytest.raises(DeadlinePassed):
            api.request("POST", "/x", body={}, deadline=Deadline(-1))
        assert len(script.requests) == 1


def test_silence_beyond_a_calls_own_timeout_is_an_unreachable_cluster_whatever_time_is_left() -> None:
    with serving([3.0], timeout=0.2) as (api, _), pytest.raises(Unreachable):
        api.request("POST", "/x", body={}, deadline=Deadline(30))


def test_a_refused_connection_is_an_unreachable_cluster_however_little_time_is_left() -> None:
    with serving([head(200)], timeout=5) as (api, _):
        pass
    with pytest.raises(Unreachable):
        api.request("POST", "/x", body={}, deadline=Deadline(0.2))


def test_the_token_and_the_query_are_sent() -> None:
    with serving([head(200, body=b'{"a":1}')]) as (api, script):
        answer = api.call("GET", "/x", query={"labelSelector": "a=b,c"})
    assert (answer.status, answer.body) == (200, {"a": 1})
    assert script.requests[0].startswith(b"GET /x?labelSelector=a%3Db%2Cc HTTP/1.1")
    assert b"Bearer t0ken" in script.requests[0]


def _use(api: Api, results: "multiprocessing.Queue[str]") -> None:
    try:
        api.request("GET", "/x")
    except RuntimeError as error:
        results.put(str(error))


def test_a_connection_refuses_to_be_used_after_a_fork() -> None:
    context = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[str] = context.Queue()
    child = context.Process(target=_use, args=(connect(kubeconfig_for("http://127.0.0.1:1")), results))
    child.start()
    assert "after the fork" in results.get(timeout=10)
    child.join(10)


REFUSED = {
    "a program": {"exec": {"command": "id"}},
    "a provider": {"auth-provider": {"name": "gcp"}},
    "a token file": {"tokenFile": "/etc/passwd"},
    "a key file": {"client-key": "/etc/shadow"},
    "no base64": {"client-key-data": "%", "client-certificate-data": "%"},
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_kubeconfig_can_neither_run_nor_read_anything_here(what: str) -> None:
    with pytest.raises(KubeconfigError):
        connect(kubeconfig_for("https://127.0.0.1:1", **REFUSED[what]))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "a: [", "just text", "clusters: []", "clusters: [{name: a, cluster: {server: 'ftp://x'}}]"])
def test_a_text_that_is_no_kubeconfig_is_refused(text: str) -> None:
    with pytest.raises(KubeconfigError):
        connect(text)


def test_an_unusable_certificate_is_refused_before_any_call() -> None:
    config = kubeconfig_for("https://127.0.0.1:1")
    config["clusters"][0]["cluster"]["certificate-authority-data"] = base64.b64encode(b"no certificate").decode()
    with pytest.raises(KubeconfigError):
        connect(config)


def test_files_named_by_a_kubeconfig_file_are_taken_in(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    (tmp_path / "config").write_text(yaml.safe_dump(kubeconfig_for("http://127.0.0.1:1", tokenFile="token")))
    assert connect(read_file(tmp_path / "config")).headers["Authorization"] == "Bearer from-a-file"
    with pytest.raises(KubeconfigError):
        read_file(tmp_path / "missing")


def test_a_real_server_is_trusted_by_its_authority_only(kubeconfig: dict, api: Api) -> None:
    assert api.request("GET", "/version")["major"] == "1"
    stranger = json.loads(json.dumps(kubeconfig))
    stranger["clusters"][0]["cluster"].pop("certificate-authority-data")
    with pytest.raises(Unreachable, match=r"(?i)certificate"):
        connect(stranger).request("GET", "/version")
    stranger["clusters"][0]["cluster"]["insecure-skip-tls-verify"] = True
    assert connect(stranger).request("GET", "/version")["major"] == "1"
    stranger["users"][0]["user"] = {"token": "wrong"}
    with pytest.raises(ApiError) as refused:
        connect(stranger).request("GET", "/version")
    assert refused.value.status == 401


@pytest.mark.parametrize("text", ["\x1b]0;title\x07x", "\x1b[2Jx", "\u202ex", "x\x00\x08\r", "\x9bx"])
def test_text_of_a_cluster_is_made_safe(text: str) -> None:
    assert safe_text(text) == "x"
    assert len(safe_text("y" * 5000)) == 2000
    assert safe_text(f"Traceback{'y' * 5000}ValueError: no model").startswith("Traceback")
    assert safe_text(f"Traceback{'y' * 5000}ValueError: no model").endswith("ValueError: no model")
    assert safe_text("two\nlines\there") == "two\nlines\there"
