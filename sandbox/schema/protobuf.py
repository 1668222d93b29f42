"""Reads objects in Kubernetes' protobuf encoding, which kubectl and other Go clients send for built-in kinds.

`numbers.txt` has one line per message, the n-th word being field n: `?` where an empty value differs from none, `-` for a number that
nothing uses, `^T` for a message whose fields JSON has in the place of its own.
"""

import base64
import json
import struct as packing
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.schema.types import Anything, ListOf, MapOf, Scalar, Struct, Type, all_types

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
MAGIC = b"k8s\x00"
NUMBERS = Path(__file__).parent / "numbers.txt"
PACKAGES = {"": "core", "rbac.authorization.k8s.io": "rbac"}
TIMES = {"time": 0, "microtime": 6}
Fields = dict[str, Type]


class ProtobufError(ValueError):
    """The bytes are no object in this encoding."""


class UnknownMessage(ProtobufError):
    """The object is of a type without a protobuf encoding."""


def read_protobuf(body: bytes) -> dict[str, Any]:
    """The object in its JSON form; raises ProtobufError."""
    if not body.startswith(MAGIC):
        raise ProtobufError("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    try:
        envelope = dict(_read(body[len(MAGIC) :]))
        meta = {number: value.decode() for number, value in _read(envelope.get(1, b""))}
        version, kind = meta.get(1, ""), meta.get(2, "")
        return {"apiVersion": version, "kind": kind, **_message(_struct(version, kind), envelope.get(2, b""))}
    except (IndexError, AttributeError, TypeError, UnicodeDecodeError, packing.error) as error:
        raise ProtobufError(f"unable to decode the protobuf message: {error}") from error


@cache
def _numbers() -> dict[str, list[str]]:
    lines = [line.partition(":")[::2] for line in NUMBERS.read_text().splitlines()]
    return {name: words.split() for name, words in lines}


def _struct(api_version: str, kind: str) -> Struct:
    group, _, version = api_version.rpartition("/")
    types = all_types()
    found = types.get(f"{PACKAGES.get(group, group.split('.')[0])}.{version}.{kind}") or types.get(f"meta.v1.{kind}")
    if found is None or found.name not in _numbers():
        raise UnknownMessage(f'no kind "{kind}" is registered for version "{api_version}"')
    return found


def _message(kind: Struct, data: bytes) -> dict[str, Any]:
    value: dict[str, Any] = {}
    _fill(value, kind.name, kind, data)
    return value


def _fill(value: dict[str, Any], name: str, kind: Struct, data: bytes) -> None:
    words = _numbers()[name]
    for number, raw in _read(data):
        word = words[number - 1] if number <= len(words) else "-"
        if word.startswith("^"):
            _fill(value, word[1:], kind, raw)
        elif word != "-":
            field = word.rstrip("?")
            _put(value, field, kind.fields[field], raw, kept=word.endswith("?") or field in kind.required)


def _put(value: dict[str, Any], field: str, kind: Type, raw: Any, *, kept: bool) -> None:
    if isinstance(kind, ListOf):
        value.setdefault(field, []).append(_value(kind.item, raw))
    elif isinstance(kind, MapOf):
        entry = dict(_read(raw))
        value.setdefault(field, {})[entry.get(1, b"").decode()] = _value(kind.value, entry.get(2, b""))
    else:
        found = _value(kind, raw)
        # An empty message is written out in JSON as well, an empty scalar is left out.
        if found is not None and (kept or isinstance(kind, Struct) or found not in ("", 0, False)):
            value[field] = found


def _value(kind: Type, raw: Any) -> Any:
    if isinstance(kind, Struct):
        return _message(kind, raw)
    if isinstance(kind, Anything):
        inner = dict(_read(raw)).get(1)
        return json.loads(inner) if inner else None
    if isinstance(kind, ListOf):  # as the value of a map: a message of its own
        return [_value(kind.item, each) for _, each in _read(raw)]
    return _scalar(kind, raw) if isinstance(kind, Scalar) else None


def _scalar(kind: Scalar, raw: Any) -> Any:
    if kind.name in TIMES:
        return _time(raw, TIMES[kind.name])
    if kind.name == "quantity":
        return dict(_read(raw)).get(1, b"0").decode() or "0"
    if kind.name == "intstr":
        parts = dict(_read(raw))
        return parts.get(3, b"").decode() if parts.get(1) else _signed(parts.get(2, 0))
    if kind.name == "bytes":
        return base64.b64encode(raw).decode()
    if kind.name == "string":
        return raw.decode()
    if kind.name == "number":
        return packing.unpack("<d", raw)[0]
    return bool(raw) if kind.name == "bool" else _signed(raw)


def _time(raw: bytes, digits: int) -> str | None:
    parts = dict(_read(raw))
    if not parts:
        return None
    moment = datetime.fromtimestamp(_signed(parts.get(1, 0)), UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{moment}.{parts.get(2, 0) // 1000:06d}Z" if digits else f"{moment}Z"


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number


def _read(data: bytes) -> Iterator[tuple[int, Any]]:
    """Numbers and raw values of the fields of a message."""
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        wire = key & 7
        if wire == 0:
            value, position = _varint(data, position)
            yield key >> 3, value
            continue
        length, position = _varint(data, position) if wire == 2 else ({1: 8, 5: 4}.get(wire, -1), position)
        if length < 0 or position + length > len(data):
            raise ProtobufError("unable to decode the protobuf message: unexpected EOF")
        yield key >> 3, data[position : position + length]
        position += length


def _varint(data: bytes, position: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[position]
        number |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return number, position
