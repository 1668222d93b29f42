"""Reads an MLmodel file: which flavors a model has, what it takes and gives. The file is whatever somebody uploaded."""

import json
from dataclasses import dataclass, field
from typing import Any

import yaml

from registry.sync.plain import storable, text

FILE_BYTES = 256_000
DEPTH, EVENTS = 12, 50_000
FLAVORS = 20


class Unreadable(Exception):
    """The file is no MLmodel that the portal reads; the message says why."""


@dataclass
class MLmodel:
    """What the portal shows of a model's own description. `example` is the name of the file with the input example, or empty."""

    flavors: dict[str, str] = field(default_factory=dict)
    signature: dict[str, Any] = field(default_factory=dict)
    example: str = ""


def parse(content: bytes) -> MLmodel:
    """The description in a file of at most FILE_BYTES. Raises Unreadable."""
    told = _mapping(content)
    example = told.get("saved_input_example_info")
    return MLmodel(
        flavors=_flavors(told.get("flavors")),
        signature=_signature(told.get("signature")),
        example=text(example.get("artifact_path"), 200) if isinstance(example, dict) else "",
    )


def _mapping(content: bytes) -> dict[Any, Any]:
    try:
        source = content.decode()
        _require_harmless(source)
        told = yaml.load(source, Loader=yaml.CSafeLoader)
    except (UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(f"MLmodel is no YAML that can be read ({type(error).__name__})") from error
    if not isinstance(told, dict):
        raise Unreadable("MLmodel holds no mapping")
    return told


def _require_harmless(source: str) -> None:
    """The composer recurses in C, where deep nesting ends the process, and references could make a small file a large tree."""
    depth = 0
    for count, event in enumerate(yaml.parse(source, Loader=yaml.CSafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH or count > EVENTS or isinstance(event, yaml.AliasEvent):
            raise Unreadable("MLmodel is nested too deeply, refers to itself, or is too long")


def _flavors(told: Any) -> dict[str, str]:
    """Each flavor with the version of its library: the first of its entries that is named like one."""
    found = {}
    for name, settings in list(told.items())[:FLAVORS] if isinstance(told, dict) else []:
        entries = settings.items() if isinstance(settings, dict) else ()
        versions = [value for key, value in entries if str(key).endswith("_version") and isinstance(value, str | float | int)]
        found[text(str(name), 60)] = text(str(versions[0]), 40) if versions else ""
    return found


def _signature(told: Any) -> dict[str, Any]:
    """inputs, outputs and params as lists, or null; empty without a signature."""
    if not isinstance(told, dict):
        return {}
    return {part: _columns(told.get(part)) for part in ("inputs", "outputs", "params")}


def _columns(told: Any) -> list[Any] | None:
    if not isinstance(told, str):
        return None
    try:
        columns = storable(json.loads(told))
    except (ValueError, RecursionError):
        return None
    return columns if isinstance(columns, list) else None
