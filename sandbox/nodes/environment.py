"""A container's environment variables, with what they take from the pod, ConfigMaps and Secrets."""

import base64
import math
import re

from sandbox.nodes.lookups import Lookups
from sandbox.nodes.pod_parts import Object
from sandbox.schema.quantities import parse

REFERENCE = re.compile(r"\$(\$|\(([^)]*)\))")
CALLED = {"configmap": "ConfigMap", "secret": "Secret"}


class ConfigError(Exception):
    """What a container's environment refers to is not there; the message is the kubelet's."""


async def environment_of(pod: Object, container: Object, lookups: Lookups) -> dict[str, str]:
    """All variables by name; raises ConfigError."""
    values: dict[str, str] = {}
    for each in container.get("envFrom") or []:
        for field, kind in (("configMapRef", "configmap"), ("secretRef", "secret")):
            if field in each:
                data = await _data(pod, kind, each[field], lookups)
                values |= {each.get("prefix", "") + key: value for key, value in (data or {}).items()}
    for variable in container.get("env") or []:
        if "valueFrom" not in variable:
            values[variable["name"]] = _expand(variable.get("value", ""), values)
        elif (value := await _value_from(pod, container, variable["valueFrom"], lookups)) is not None:
            values[variable["name"]] = value
    return values


async def _value_from(pod: Object, container: Object, source: Object, lookups: Lookups) -> str | None:
    if "fieldRef" in source:
        return _field(pod, source["fieldRef"]["fieldPath"])
    if "resourceFieldRef" in source:
        return _amount(container, source["resourceFieldRef"])
    kind = "configmap" if "configMapKeyRef" in source else "secret"
    reference = source.get("configMapKeyRef") or source["secretKeyRef"]
    data = await _data(pod, kind, reference, lookups)
    if data is not None and reference["key"] in data:
        return data[reference["key"]]
    if reference.get("optional"):
        return None
    raise ConfigError(f"couldn't find key {reference['key']} in {CALLED[kind]} {pod['metadata']['namespace']}/{reference['name']}")


async def _data(pod: Object, kind: str, reference: Object, lookups: Lookups) -> dict[str, str] | None:
    found = await lookups.find(kind, pod["metadata"]["namespace"], reference["name"])
    if found is None:
        if reference.get("optional"):
            return None
        raise ConfigError(f'{kind} "{reference["name"]}" not found')
    data: dict[str, str] = found.get("data") or {}
    return {key: base64.b64decode(value).decode(errors="replace") for key, value in data.items()} if kind == "secret" else data


def _field(pod: Object, path: str) -> str:
    named = re.fullmatch(r"metadata\.(labels|annotations)\['(.+)'\]", path)
    if named:
        return str((pod["metadata"].get(named[1]) or {}).get(named[2], ""))
    value: object = pod
    for step in path.split("."):
        value = value.get(step, "") if isinstance(value, dict) else ""
    return str(value)


def _amount(container: Object, reference: Object) -> str:
    part, _, name = reference["resource"].partition(".")
    amount = ((container.get("resources") or {}).get(part) or {}).get(name, "0")
    # Divided and rounded up, as whole numbers of the divisor.
    return str(math.ceil(parse(amount) / (parse(str(reference.get("divisor") or "1")) or 1)))


def _expand(text: str, values: dict[str, str]) -> str:
    """$(NAME) becomes the value of a variable before it, $$ one dollar; what is not known stays as it is."""
    return REFERENCE.sub(lambda match: "$" if match[1] == "$" else values.get(match[2], match[0]), text)
