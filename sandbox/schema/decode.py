"""Turns a request's JSON into an object of its kind: unknown fields set aside, types checked, values in canonical form."""

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.schema.quantities import QuantityError, canonical
from sandbox.schema.types import Anything, ListOf, MapOf, Scalar, Struct, Type

# Fields without omitempty in their Go type: an empty value of them is kept as it is.
KEPT_EMPTY = frozenset({"rules", "storageClassName", "volumeName", "ingressClassName", "subPathExpr", "fsType", "priorityClassName"})
KEPT_EMPTY_STRINGS = frozenset({"storageClassName", "ingressClassName", "apiGroup", "message", "reason", "holderIdentity"})
# Plain Go booleans and integers with omitempty: false and 0 never come back.
DROPPED_ZEROS = frozenset(
    {
        *("hostNetwork", "hostPID", "hostIPC", "stdin", "stdinOnce", "tty", "readOnly", "unschedulable", "publishNotReadyAddresses"),
        *("minReadySeconds", "paused", "initialDelaySeconds"),
    }
)
# Required, and pointers in Go all the same: null when missing.
POINTERS = frozenset({"meta.v1.LabelSelector", "core.v1.SecretReference", "core.v1.LocalObjectReference"})
EMPTY = {"string": "", "int": 0, "number": 0, "bool": False, "quantity": "0", "intstr": 0}
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
BASE64 = re.compile(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
BASE64_START = re.compile(r"^[A-Za-z0-9+/]*")
GO_NAMES = {"string": "string", "bytes": "[]uint8", "int": "int32", "bool": "bool", "number": "float64"}


class TypeMismatch(ValueError):
    """A value has the wrong JSON type; the text names the field."""


class Unreadable(TypeMismatch):
    """A string of the right type that is no quantity or no time, or a number that is no integer."""


@dataclass
class Decoded:
    """The object without what its type does not know, and the paths of what was left out."""

    value: dict[str, Any]
    unknown: list[str] = field(default_factory=list)


class _Unknown(list[str]):
    """Unknown fields found on the way; `keeps_empty` is for configurations, of which an empty value is owned all the same."""

    keeps_empty = False


def decode(value: Any, struct: Struct, *, keep_empty: bool = False) -> Decoded:
    """Decode `value` as a `struct`; the result shares nothing with the input. Raises TypeMismatch."""
    unknown = _Unknown()
    unknown.keeps_empty = keep_empty
    return Decoded(_struct(value, struct, "", unknown), unknown)


def _struct(value: Any, struct: Struct, path: str, unknown: _Unknown) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _mismatch(value, path, struct.name.rpartition(".")[2])
    result = {}
    for key, item in value.items():
        where = f"{path}.{key}" if path else key
        if key not in struct.fields:
            unknown.append(where)
        elif item is not None:
            decoded = _value(item, struct.fields[key], where, unknown)
            if decoded == [] and key in struct.always and not unknown.keeps_empty:
                decoded = None  # as protobuf keeps it
            if unknown.keeps_empty or not _omitted(key, decoded, struct):
                result[key] = decoded
    return result if unknown.keeps_empty else completed(result, struct)


def completed(value: dict[str, Any], struct: Struct) -> dict[str, Any]:
    """`value` with the fields that JSON of its type always has, empty where they are missing; changed in place."""
    for key in struct.always:
        if key not in value:
            value[key] = _empty(struct.fields[key], is_required=key in struct.required)
    return value


def _empty(kind: Type, *, is_required: bool) -> Any:
    if isinstance(kind, Struct):
        return None if is_required and kind.name in POINTERS else completed({}, kind)
    return EMPTY.get(kind.name) if isinstance(kind, Scalar) else None


def _omitted(key: str, value: Any, struct: Struct) -> bool:
    if key in struct.required or isinstance(struct.fields[key], Anything):
        return False
    if value in ([], {}):
        return key not in KEPT_EMPTY and not isinstance(struct.fields[key], Struct)
    if value == "":
        return key not in KEPT_EMPTY_STRINGS
    return key in DROPPED_ZEROS and value in (0, False)


def _value(value: Any, kind: Type, path: str, unknown: _Unknown) -> Any:
    if isinstance(kind, Struct):
        return _struct(value, kind, path, unknown)
    if isinstance(kind, Scalar):
        read = _scalar(value, kind.name, path)
        # An amount in a configuration is compared as it is written: 1000m is not 1.
        return value if kind.name == "quantity" and unknown.keeps_empty else read
    if isinstance(kind, MapOf):
        if not isinstance(value, dict):
            raise _mismatch(value, path, "map[string]string")
        return {key: _map_value(item, kind.value, f"{path}.{key}", unknown) for key, item in value.items()}
    if isinstance(kind, ListOf):
        if not isinstance(value, list):
            raise _mismatch(value, path, "[]" + _go_name(kind.item))
        return [_list_item(item, kind.item, f"{path}[{index}]", unknown) for index, item in enumerate(value)]
    return clone(value)


def _map_value(item: Any, kind: Type, path: str, unknown: _Unknown) -> Any:
    if item is None:
        return "0" if isinstance(kind, Scalar) and kind.name == "quantity" else ""
    return _value(item, kind, path, unknown)


def _list_item(item: Any, kind: Type, path: str, unknown: _Unknown) -> Any:
    if item is None:
        return {} if isinstance(kind, Struct) else ""
    return _value(item, kind, path, unknown)


def _scalar(value: Any, name: str, path: str) -> Any:
    if name == "quantity":
        return _quantity(value, path)
    if name in ("time", "microtime"):
        if not isinstance(value, str) or not TIME.match(value):
            raise Unreadable(f'parsing time "{value}" as "2006-01-02T15:04:05Z07:00": cannot parse "{value}" as "2006" (at {path})')
        return value
    if name == "bytes" and isinstance(value, str) and not BASE64.fullmatch(value):
        raise Unreadable(f"illegal base64 data at input byte {len(value) - len(BASE64_START.sub('', value, count=1))}")
    allowed = {"string": (str,), "bytes": (str,), "int": (int,), "bool": (bool,), "number": (int, float), "intstr": (int, str)}[name]
    if not isinstance(value, allowed) or (isinstance(value, bool) and name != "bool"):
        if name == "int" and isinstance(value, float) and value.is_integer():
            return int(value)
        if name == "int" and isinstance(value, float):
            raise Unreadable(f"json: cannot unmarshal number {value} into Go struct field {path} of type int32")
        raise _mismatch(value, path, GO_NAMES.get(name, "intstr.IntOrString"))
    return value


def _quantity(value: Any, path: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _mismatch(value, path, "resource.Quantity")
    try:
        return canonical(str(value))
    except QuantityError as error:
        raise Unreadable(str(error)) from error


def _mismatch(value: Any, path: str, go_name: str) -> TypeMismatch:
    json_name = {dict: "object", list: "array", str: "string", bool: "bool", type(None): "null"}.get(type(value), "number")
    return TypeMismatch(f"json: cannot unmarshal {json_name} into Go struct field {path or 'object'} of type {go_name}")


def _go_name(kind: Type) -> str:
    if isinstance(kind, Struct):
        return kind.name.rpartition(".")[2]
    return GO_NAMES.get(kind.name, kind.name) if isinstance(kind, Scalar) else "interface {}"


def clone(value: Any) -> Any:
    """A deep copy of JSON data."""
    if isinstance(value, dict):
        return {key: clone(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clone(item) for item in value]
    return value
