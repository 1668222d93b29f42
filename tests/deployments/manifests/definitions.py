"""The real definitions of InferenceService and ServiceMonitor, where a copy of them lies beside the checkout."""

import functools
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.sandbox.test_real_definitions import FILES

STEMS = {"InferenceService": "kserve-inferenceservices", "ServiceMonitor": "prometheus-operator-servicemonitors"}
needed = pytest.mark.skipif(not FILES, reason="no definitions lie beside the checkout")


def path_of(kind: str) -> Path:
    """The file that defines a kind."""
    return next(path for path in FILES if path.stem == STEMS[kind])


@functools.cache
def definition(kind: str) -> dict[str, Any]:
    """The CustomResourceDefinition."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = next(each for each in yaml.load_all(path_of(kind).read_text(), Loader=loader) if each)
    return found


@functools.cache
def validator(kind: str, version: str) -> Any:
    """Judges as an API server with Strict field validation does: a field that the schema does not know is an error."""
    (served,) = [each for each in definition(kind)["spec"]["versions"] if each["name"] == version]
    return jsonschema.Draft7Validator(_strict(served["schema"]["openAPIV3Schema"]))


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: value if key in ("default", "enum", "required") else _strict(value) for key, value in schema.items()}
    is_closed = isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
    if is_closed and "additionalProperties" not in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
        made["additionalProperties"] = False
    return made


def problems(manifest: dict[str, Any]) -> list[str]:
    """What the real schema finds wrong with a custom object."""
    version = manifest["apiVersion"].rpartition("/")[2]
    # The root's metadata is any object to a schema; the API server checks it by rules of its own.
    return [f"{error.json_path}: {error.message[:200]}" for error in validator(manifest["kind"], version).iter_errors(manifest)]
