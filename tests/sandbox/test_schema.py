"""The type tables say the same as the published API schemas."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from sandbox.kinds.table import KINDS
from sandbox.schema.quantities import QuantityError, canonical
from sandbox.schema.types import Anything, ListOf, MapOf, Scalar, Struct, Type, all_types

PREFIXES = {
    "meta": "io.k8s.apimachinery.pkg.apis",
    "apiextensions": "io.k8s.apiextensions-apiserver.pkg.apis",
    "apiregistration": "io.k8s.kube-aggregator.pkg.apis",
}


@cache
def _published() -> dict[str, Any]:
    path = files("kubernetes_validate") / "kubernetes-json-schema" / "v1.34.0-local" / "_definitions.json"
    definitions: dict[str, Any] = json.loads(path.read_text())["$defs"]
    return definitions


def _definition(struct: Struct) -> dict[str, Any]:
    package = struct.name.split(".")[0]
    found: dict[str, Any] = _published()[f"{PREFIXES.get(package, 'io.k8s.api')}.{struct.name}"]
    return found


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    for key in ("oneOf", "anyOf"):
        options = [each for each in schema.get(key, []) if each.get("type") != "null"]
        if len(options) == 1:
            return {**schema, **options[0]}
    return schema


def _type_of(schema: dict[str, Any]) -> set[str]:
    found = schema.get("type", [])
    return {found} - {"null"} if isinstance(found, str) else set(found) - {"null"}


def _agrees(kind: Type, schema: dict[str, Any]) -> bool:
    schema = _plain(schema)
    target = schema.get("$ref", "").rpartition("/")[2]
    if isinstance(kind, Struct):
        return target.endswith(kind.name)
    if isinstance(kind, ListOf):
        listed = schema.get("x-kubernetes-list-type", "atomic")
        same = (listed == "map") == bool(kind.keys) and (listed == "set") == kind.is_set
        same &= schema.get("x-kubernetes-patch-merge-key", "") == kind.merge_key
        same &= list(kind.keys) == schema.get("x-kubernetes-list-map-keys", [])
        return same and _agrees(kind.item, schema["items"])
    if isinstance(kind, MapOf):
        return _agrees(kind.value, schema["additionalProperties"])
    if isinstance(kind, Anything):
        return True
    return _scalar_agrees(kind, schema, target)


def _scalar_agrees(kind: Scalar, schema: dict[str, Any], target: str) -> bool:
    if target:
        return {"quantity": "Quantity", "intstr": "IntOrString", "time": "v1.Time", "microtime": "MicroTime"}[kind.name] in target
    return _type_of(schema) == {{"int": "integer", "bool": "boolean", "bytes": "string"}.get(kind.name, kind.name)}


@pytest.mark.parametrize("name", sorted(all_types()))
def test_a_type_has_the_published_fields(name: str) -> None:
    struct = all_types()[name]
    properties = _definition(struct).get("properties", {})
    assert set(struct.fields) == set(properties)
    assert struct.required == set(_definition(struct).get("required", []))
    wrong = [field for field, kind in struct.fields.items() if not _agrees(kind, properties[field])]
    assert wrong == []


def test_every_served_kind_has_a_type() -> None:
    assert all("metadata" in kind.struct.fields for kind in KINDS)


@pytest.mark.parametrize("text", ["", " 2", "1 ", "1.2.3", "1Kib", "one", "1e99", "--1", "0x10"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(QuantityError):
        canonical(text)
