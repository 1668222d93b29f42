"""Reads the type tables: one line per type, `Name: field=type field!=type ...` (`!` required, `~` atomic).

A type is a scalar, another type's name, `{T}` (map) or `[T|map:keys|set|merge:key|retainKeys]` (list; atomic if neither map nor set).
"""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

TABLES = Path(__file__).parent / "tables"
ALWAYS = Path(__file__).parent / "always.txt"
SCALARS = frozenset({"string", "int", "bool", "number", "quantity", "intstr", "time", "microtime", "bytes"})


@dataclass(frozen=True)
class Scalar:
    """A leaf; `name` is one of SCALARS."""

    name: str


@dataclass(frozen=True)
class Anything:
    """A value without a schema: opaque, owned as one."""


@dataclass(frozen=True)
class MapOf:
    """A map with free keys."""

    value: "Type"


@dataclass(frozen=True)
class ListOf:
    """A list; with `keys` a map-list, with `is_set` a set, else replaced as a whole by server-side apply."""

    item: "Type"
    keys: tuple[str, ...] = ()
    is_set: bool = False
    merges: bool = False
    merge_key: str = ""


@dataclass
class Struct:
    """A type with named fields."""

    name: str
    atomic: bool = False
    fields: dict[str, "Type"] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    # Fields that JSON of this type always has: in Go they are no pointers, or have no omitempty.
    always: list[str] = field(default_factory=list)


Type = Scalar | Anything | MapOf | ListOf | Struct
KEY_DEFAULTS = {"protocol": "TCP"}


@cache
def all_types() -> dict[str, Struct]:
    """Every type of the tables by its name, such as `core.v1.Pod`."""
    lines = [line for path in sorted(TABLES.glob("*.txt")) for line in path.read_text().splitlines() if line]
    parsed = [line.partition(":")[::2] for line in lines]
    structs = {name.rstrip("~"): Struct(name.rstrip("~"), name.endswith("~")) for name, _ in parsed}
    for name, fields in parsed:
        _fill(structs[name.rstrip("~")], fields.split(), structs)
    listed = dict(line.partition(": ")[::2] for line in ALWAYS.read_text().splitlines())
    for each in structs.values():
        each.always += sorted(each.required | _implied(each) | set(listed.get(each.name, "").split()))
    return structs


def _implied(each: Struct) -> set[str]:
    """A kind always has its spec and status; a template its metadata too."""
    metadata = each.fields.get("metadata")
    if not isinstance(metadata, Struct) or metadata.name != "meta.v1.ObjectMeta":
        return set()
    return ({"spec", "status"} if "kind" in each.fields else {"spec", "metadata"}) & each.fields.keys()


def struct(name: str) -> Struct:
    """The type of this name; KeyError if no table has it."""
    return all_types()[name]


def _fill(target: Struct, fields: list[str], structs: dict[str, Struct]) -> None:
    for text in fields:
        name, _, spelling = text.partition("=")
        if name.endswith("!"):
            name = name[:-1]
            target.required.add(name)
        target.fields[name] = _parse(spelling, structs)


def _parse(spelling: str, structs: dict[str, Struct]) -> Type:
    if spelling.startswith("{"):
        return MapOf(_parse(spelling[1:-1], structs))
    if spelling.startswith("["):
        return _parse_list(spelling[1:-1], structs)
    name = spelling.removesuffix("|retainKeys")
    if name in SCALARS:
        return Scalar(name)
    if name == "any":
        return Anything()
    target = structs[name.rstrip("~")]
    if name.endswith("~") and not target.atomic:
        return Struct(target.name, True, target.fields, target.required, target.always)
    return target


def _parse_list(inner: str, structs: dict[str, Struct]) -> ListOf:
    match = re.match(r"([^|]+|\{.*\}|\[.*\])(\|.*)?$", inner)
    if match is None:
        raise ValueError(f"the type tables hold a malformed list: {inner}")
    options = dict(option.partition(":")[::2] for option in (match.group(2) or "").split("|") if option)
    keys = tuple(options["map"].split(",")) if "map" in options else ()
    return ListOf(_parse(match.group(1), structs), keys, "set" in options, "merge" in options, options.get("merge", ""))
