"""What a body may be: text that is no Unicode, nesting without end, doubled fields, too much of it."""

import pytest

from tests.contract.client import MERGE, Answer, Api
from tests.contract.objects import config_map, pod


def test_half_a_surrogate_becomes_a_replacement(api: Api, maps: str) -> None:
    created = api.post(maps, '{"metadata":{"name":"a"},"data":{"x":"a\\ud800b"}}')
    assert created.code == 201 and created.body["data"] == {"x": "a\ufffdb"}


def test_nesting_without_end_is_refused(api: Api, maps: str) -> None:
    answer = api.post(maps, '{"metadata":{"name":"a"},"x":' + "[" * 100_000 + "]" * 100_000 + "}")
    assert answer.code == 400


def test_what_is_no_json_is_refused(api: Api, maps: str) -> None:
    for body in ("{bad", '{"metadata":{"name":"a"},"data":NaN}', "[1,"):
        assert api.post(maps, body).code == 400
    assert api.get(f"{maps}/a").code == 404


@pytest.mark.since(25, "it has no field validation")
def test_a_field_that_stands_twice_is_told(api: Api, maps: str) -> None:
    twice = '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","labels":{"l":"1","l":"2"}},"data":{}}'
    refused = api.post(maps, twice, fieldValidation="Strict")
    assert refused.code == 400 and 'strict decoding error: duplicate field "metadata.labels.l"' in refused.message
    warned = api.post(maps, twice, fieldValidation="Warn")
    assert warned.code == 201 and warned.headers["Warning"] == '299 - "duplicate field \\"metadata.labels.l\\""'


def test_a_config_map_of_more_than_a_mebibyte_is_refused(api: Api, maps: str) -> None:
    assert api.post(maps, config_map("a", {"x": "a" * (1024 * 1024)})).code == 201
    refused = api.post(maps, config_map("b", {"x": "a" * (1024 * 1024), "y": "a"}))
    assert refused.code == 422 and "Too long" in refused.message and "1048576" in refused.message


def test_an_object_that_no_store_takes_is_refused(api: Api, pods: str) -> None:
    body = pod()
    body["spec"]["containers"][0]["args"] = ["z" * 1000] * 2000
    refused = api.post(pods, body)
    assert refused.code >= 400 and "too large" in refused.message.lower()


@pytest.mark.parametrize("change", [{"kind": "Foo"}, {"apiVersion": "v2"}])
def test_a_patch_cannot_change_what_an_object_is(api: Api, maps: str, change: dict[str, str]) -> None:
    api.post(maps, config_map("a", {"x": "1"}))
    answer = api.patch(f"{maps}/a", change, MERGE)
    assert 400 <= answer.code < 500 and answer.body["reason"] in ("Invalid", "BadRequest")
    assert api.get(f"{maps}/a").body["data"] == {"x": "1"}


def _token(api: Api, space: str, **reference: str) -> Answer:
    spec = {"boundObjectRef": {"kind": "Pod", "apiVersion": "v1", **reference}}
    return api.post(f"/api/v1/namespaces/{space}/serviceaccounts/default/token", {"spec": spec})


def test_a_token_is_bound_to_a_pod_of_its_account_only(api: Api, pods: str, space: str) -> None:
    assert _token(api, space, name="absent").code == 404
    uid = api.post(pods, pod("mine")).body["metadata"]["uid"]
    assert _token(api, space, name="mine", uid="11111111-1111-1111-1111-111111111111").code == 409
    bound = _token(api, space, name="mine", uid=uid)
    assert bound.code == 201 and bound.body["status"]["token"]
