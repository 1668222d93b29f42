"""CustomResourceDefinition: defaults, checks, and what may not change."""

import re
from typing import Any

from sandbox.custom.structure import check_structure
from sandbox.kinds.errors import Cause, bad_value, required, unsupported
from sandbox.kinds.names import is_dns1035, is_subdomain
from sandbox.kinds.rules import Object, Rules, immutable

SCOPES = ("Cluster", "Namespaced")
COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
STILL_STORED = (
    "missing from spec.versions; was previously a storage version, and must remain in spec.versions until a storage migration ensures no "
    "data remains persisted in it and removes it from status.storedVersions"
)
PATH = re.compile(r"^(\.[A-Za-z_][\w-]*|\[[^\]]+\])+$")


def _default(definition: Object) -> None:
    spec = definition.setdefault("spec", {})
    names = spec.setdefault("names", {})
    names.setdefault("singular", names.get("kind", "").lower())
    names.setdefault("listKind", f"{names.get('kind', '')}List")
    spec.setdefault("conversion", {"strategy": "None"})


def _initial_status(definition: Object) -> Object:
    stored = [each["name"] for each in definition["spec"]["versions"] if each.get("storage")]
    return {"conditions": [], "acceptedNames": {"plural": "", "kind": ""}, "storedVersions": stored}


def _validate(definition: Object) -> list[Cause]:
    spec, name = definition["spec"], definition["metadata"].get("name", "")
    causes = _group_and_names(spec)
    wanted = f"{spec['names'].get('plural', '')}.{spec.get('group', '')}"
    if name != wanted:
        causes.append(bad_value("metadata.name", name, 'must be spec.names.plural+"."+spec.group'))
    if spec.get("scope") not in SCOPES:
        causes.append(unsupported("spec.scope", spec.get("scope", ""), SCOPES) if spec.get("scope") else required("spec.scope"))
    return causes + _versions(spec)


def _group_and_names(spec: Object) -> list[Cause]:
    group, names = spec.get("group", ""), spec["names"]
    causes = [bad_value("spec.group", group, why) for why in is_subdomain(group)] if group else [required("spec.group")]
    if group and "." not in group:
        causes.append(bad_value("spec.group", group, "should be a domain with at least one dot"))
    for key in ("plural", "singular", "kind", "listKind"):
        text = names.get(key, "")
        causes += [bad_value(f"spec.names.{key}", text, why) for why in is_dns1035(text.lower())]
    causes += [
        bad_value(f"spec.names.{key}[{index}]", text, why)
        for key in ("shortNames", "categories")
        for index, text in enumerate(names.get(key) or [])
        for why in is_dns1035(text)
    ]
    if names.get("kind") and names.get("kind") == names.get("listKind"):
        causes.append(bad_value("spec.names.listKind", names["listKind"], "kind and listKind may not be the same"))
    return causes


def _versions(spec: Object) -> list[Cause]:
    versions = spec.get("versions") or []
    if not versions:
        return [required("spec.versions", "must have at least one version")]
    causes: list[Cause] = []
    names = [each.get("name", "") for each in versions]
    if len(set(names)) < len(names):
        causes.append(Cause("spec.versions", "Invalid value: must contain unique version names"))
    if sum(bool(each.get("storage")) for each in versions) != 1:
        causes.append(Cause("spec.versions", f"Invalid value: {names}: must have exactly one version marked as storage version"))
    for index, version in enumerate(versions):
        causes += _version(version, f"spec.versions[{index}]", versions)
    if spec["conversion"].get("strategy") not in ("None", "Webhook"):
        causes.append(unsupported("spec.conversion.strategy", spec["conversion"].get("strategy", ""), ("None", "Webhook")))
    return causes


def _version(version: Object, field: str, versions: list[Object]) -> list[Cause]:
    causes = [bad_value(f"{field}.name", version.get("name", ""), why) for why in is_dns1035(version.get("name", ""))]
    schema = (version.get("schema") or {}).get("openAPIV3Schema")
    if schema is None:
        causes.append(required(f"{field}.schema.openAPIV3Schema", "schemas are required"))
    else:
        root = "spec.validation" if _is_shared("schema", versions) else f"{field}.schema"
        causes += check_structure(schema, f"{root}.openAPIV3Schema")
    root = "spec" if _is_shared("additionalPrinterColumns", versions) else field
    for index, column in enumerate(version.get("additionalPrinterColumns") or []):
        causes += _column(column, f"{root}.additionalPrinterColumns[{index}]")
    scale, root = (version.get("subresources") or {}).get("scale"), "spec" if _is_shared("subresources", versions) else field
    return causes + (_scale(scale, f"{root}.subresources.scale") if scale is not None else [])


def _is_shared(key: str, versions: list[Object]) -> bool:
    """What all versions have in common is validated, and named, as one."""
    return all(each.get(key) == versions[0].get(key) for each in versions)


def _column(column: dict[str, Any], field: str) -> list[Cause]:
    causes = [required(f"{field}.{key}") for key in ("name", "type", "jsonPath") if not column.get(key)]
    if column.get("type") and column["type"] not in COLUMN_TYPES:
        causes.append(unsupported(f"{field}.type", column["type"], COLUMN_TYPES))
    return causes


def _scale(scale: dict[str, str], field: str) -> list[Cause]:
    causes = []
    for key, root in (("specReplicasPath", ".spec."), ("statusReplicasPath", ".status.")):
        text = scale.get(key, "")
        if not text:
            causes.append(required(f"{field}.{key}"))
        elif not PATH.match(text) or not text.startswith(root):
            causes.append(bad_value(f"{field}.{key}", text, f"should be a json path under {root[:-1]}"))
    return causes


def _validate_update(new: Object, old: Object) -> list[Cause]:
    if not _is_established(old):
        return []
    fixed = [("spec", "group"), ("spec", "scope"), ("spec", "names", "kind"), ("spec", "names", "plural")]
    causes = [cause for path in fixed for cause in immutable(new, old, *path)]
    kept = {each["name"] for each in new["spec"]["versions"]}
    stored = (old.get("status") or {}).get("storedVersions") or []
    causes += [bad_value(f"status.storedVersions[{index}]", each, STILL_STORED) for index, each in enumerate(stored) if each not in kept]
    return causes


def _is_established(definition: Object) -> bool:
    conditions = (definition.get("status") or {}).get("conditions") or []
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


DEFINITION = Rules(_default, _validate, _validate_update, initial_status=_initial_status)
