"""Bodies in Kubernetes' protobuf encoding, as kubectl and other Go clients send them."""

import secrets

from tests.contract.client import Api
from tests.contract.objects import quota

PROTOBUF = "application/vnd.kubernetes.protobuf"


def _field(number: int, value: bytes | str | int) -> bytes:
    """A field of a message of less than 128 bytes."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    data = value.encode() if isinstance(value, str) else value
    return bytes([number << 3 | 2, len(data)]) + data


def _body(version: str, kind: str, message: bytes) -> bytes:
    meta = _field(1, version) + _field(2, kind)
    return b"k8s\x00" + _field(1, meta) + _field(2, message)


def test_a_namespace_is_created(api: Api) -> None:
    name = f"t-{secrets.token_hex(4)}"
    label = _field(1, "team") + _field(2, "a")
    empty = [_field(2, ""), _field(3, ""), _field(7, 0), _field(8, b"")]  # a Go client writes these out
    metadata = _field(1, name) + b"".join(empty) + _field(11, label)
    answer = api.post("/api/v1/namespaces", _body("v1", "Namespace", _field(1, metadata)), content_type=PROTOBUF, fieldValidation="Strict")
    assert answer.code == 201 and answer.body["metadata"]["name"] == name
    assert answer.body["metadata"]["labels"]["team"] == "a" and "generateName" not in answer.body["metadata"]


def test_quantities_maps_and_bytes_are_read(api: Api, space: str) -> None:
    hard = _field(1, "requests.cpu") + _field(2, _field(1, "1500m"))
    message = _field(1, _field(1, "q")) + _field(2, _field(1, hard))
    path = f"/api/v1/namespaces/{space}/resourcequotas"
    answer = api.post(path, _body("v1", "ResourceQuota", message), content_type=PROTOBUF)
    assert answer.code == 201 and answer.body["spec"] == quota("q", requests__cpu="1500m")["spec"]
    data = _field(1, "key") + _field(2, b"\x00\xff")
    answer = api.post(
        f"/api/v1/namespaces/{space}/secrets", _body("v1", "Secret", _field(1, _field(1, "s")) + _field(2, data)), content_type=PROTOBUF
    )
    assert answer.code == 201 and answer.body["data"] == {"key": "AP8="}


def test_a_zero_that_was_set_is_kept(api: Api, space: str) -> None:
    selector = _field(1, _field(1, "app") + _field(2, "a"))
    container = _field(1, "main") + _field(2, "example.org/app:1")
    template = _field(1, _field(11, _field(1, "app") + _field(2, "a"))) + _field(2, _field(2, container))
    message = _field(1, _field(1, "a")) + _field(2, _field(1, 0) + _field(2, selector) + _field(3, template) + _field(7, 1))
    answer = api.post(f"/apis/apps/v1/namespaces/{space}/deployments", _body("apps/v1", "Deployment", message), content_type=PROTOBUF)
    assert answer.code == 201, answer.body
    assert answer.body["spec"]["replicas"] == 0 and answer.body["spec"]["paused"] is True
    assert answer.body["spec"]["template"]["spec"]["containers"][0]["image"] == "example.org/app:1"


def test_the_options_of_a_delete_are_read(api: Api, maps: str) -> None:
    api.post(maps, {"metadata": {"name": "a"}})
    other = _body("v1", "DeleteOptions", _field(2, _field(1, "another-uid")))
    assert api.delete(f"{maps}/a", other, content_type=PROTOBUF).code == 409
    dry = _body("v1", "DeleteOptions", _field(5, "All"))
    assert api.delete(f"{maps}/a", dry, content_type=PROTOBUF).code == 200 and api.get(f"{maps}/a").code == 200
    assert api.delete(f"{maps}/a", _body("v1", "DeleteOptions", b""), content_type=PROTOBUF).code == 200
    assert api.get(f"{maps}/a").code == 404


def test_what_is_no_protobuf_is_refused(api: Api, maps: str) -> None:
    answer = api.post(maps, b'{"metadata":{"name":"a"}}', content_type=PROTOBUF)
    assert answer.code == 400 and "provided data does not appear to be a protobuf message" in answer.message
    cut = api.post(maps, _body("v1", "ConfigMap", _field(1, _field(1, "a")))[:-1], content_type=PROTOBUF)
    assert cut.code == 400
    unknown = api.post(maps, b"x", content_type="application/x-unknown")
    assert unknown.code == 415 and "the body of the request was in an unknown format" in unknown.message
