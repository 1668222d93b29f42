"""What built-in types and fields mean: the API's own words, read from the models of the official Python client where it is installed."""

import ast
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from sandbox.schema.types import Struct

TEXT = r'"(?:[^"\\\n]|\\.)*"'
CLASS = re.compile(r'^class (\w+)\(BaseModel\):\n    """\n    (.*?)\n    """', re.MULTILINE | re.DOTALL)
FIELD = re.compile(rf"^    (\w+): [^\n]*?\bField\(([^\n]*?)\bdescription=({TEXT})", re.MULTILINE)
ALIAS = re.compile(rf"\bserialization_alias=({TEXT})")


class Words(NamedTuple):
    """Of one type, and of each of its fields by the name that it has in JSON."""

    own: str
    fields: dict[str, str]


NOTHING = Words("", {})


def words_of(kind: Struct) -> Words:
    """The words of a type such as core.v1.Pod; none for one that the client does not know."""
    package, version, name = kind.name.split(".")
    plain = f"{version.capitalize()}{name}"
    # Where two groups have a type of one name, the client puts the group before it.
    return _models().get(f"{package.capitalize()}{plain}") or _models().get(plain) or NOTHING


@cache
def _models() -> dict[str, Words]:
    """By class; read as text, since importing the client takes a second."""
    package = find_spec("kubernetes")
    folders = (package.submodule_search_locations or []) if package else []
    files = (file for folder in folders for file in Path(folder, "client", "models").glob("*.py"))
    return {name: words for file in files for name, words in _read(file.read_text())}


def _read(source: str) -> list[tuple[str, Words]]:
    found = CLASS.search(source)
    if found is None:
        return []
    # Behind its words the client tells of its own code.
    own = " ".join(found[2].partition("Attributes:")[0].split())
    return [(found[1], Words(own, dict(_field(*match.groups()) for match in FIELD.finditer(source))))]


def _field(name: str, options: str, text: str) -> tuple[str, str]:
    alias = ALIAS.search(options)
    return str(ast.literal_eval(alias[1])) if alias else name, str(ast.literal_eval(text))
