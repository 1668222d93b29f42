"""CustomResourceDefinitions that the contract cases send; every test has a group of its own."""

import secrets
from typing import Any

from tests.contract.client import Api

Object = dict[str, Any]
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
SPEC: Object = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"type": "integer", "minimum": 1, "maximum": 9},
        "mode": {"type": "string", "enum": ["fast", "slow"], "default": "slow"},
        "code": {"type": "string", "pattern": "^[a-z]+$", "minLength": 2, "maxLength": 4},
        "port": {"x-kubernetes-int-or-string": True},
        "note": {"type": "string", "nullable": True},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
        "parts": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "weight": {"type": "integer", "default": 1}},
            },
        },
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "choice": {
            "type": "object",
            "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
        },
    },
}
STATUS: Object = {"type": "object", "properties": {"replicas": {"type": "integer"}, "phase": {"type": "string"}}}


def version(name: str = "v1", spec: Object | None = None, **more: Any) -> Object:
    """A served version with the subresources status and scale."""
    schema = {"type": "object", "properties": {"spec": spec or SPEC, "status": STATUS}}
    scale = {"specReplicasPath": ".spec.size", "statusReplicasPath": ".status.replicas"}
    subresources = {"status": {}, "scale": scale}
    return {"name": name, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}, "subresources": subresources, **more}


def definition(group: str, *versions: Object, plural: str = "widgets", kind: str = "Widget", scope: str = "Namespaced") -> Object:
    """A definition; without versions it has one."""
    names = {"plural": plural, "singular": plural[:-1], "kind": kind, "shortNames": [plural[:2]]}
    spec = {"group": group, "names": names, "scope": scope, "versions": list(versions) or [version()]}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": spec,
    }


def new_group() -> str:
    """A group that nobody else has."""
    return f"g{secrets.token_hex(4)}.example.org"


def install(api: Api, wanted: Object) -> str:
    """Create a definition, wait until its resources answer, and return the root of its first version."""
    created = api.post(DEFINITIONS, wanted)
    assert created.code == 201, created
    spec, path = wanted["spec"], f"{DEFINITIONS}/{wanted['metadata']['name']}"
    api.until(path, lambda answer: condition(answer.body, "Established") == "True")
    root = f"/apis/{spec['group']}/{spec['versions'][0]['name']}"
    api.until(f"{root}/{spec['names']['plural']}", lambda answer: answer.code == 200)
    return root


def condition(value: Object, name: str) -> str:
    """The status of a condition, empty if there is none."""
    found = [each["status"] for each in (value.get("status") or {}).get("conditions") or [] if each["type"] == name]
    return found[0] if found else ""


def widget(group: str, name: str = "a", version: str = "v1", **spec: Any) -> Object:
    """A custom object."""
    return {"apiVersion": f"{group}/{version}", "kind": "Widget", "metadata": {"name": name}, "spec": {"size": 3, **spec}}
