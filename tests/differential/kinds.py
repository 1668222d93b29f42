"""The kinds that the random calls are about, read from kinds.yaml."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]


@dataclass(frozen=True)
class Subject:
    """A kind: its API version and plural, a smallest object, parts that may be added, parts that are wrong, parts for new objects only,
    and `newer` parts, with fields that servers before 1.22 did not know.

    `restless`: a control plane changes its objects by itself, so nothing is said of their versions and
    status.
    """

    name: str
    api_version: str
    plural: str
    base: Object
    parts: tuple[Object, ...]
    strategic: tuple[Object, ...]
    wrong: tuple[Object, ...]
    created: tuple[Object, ...]
    newer: tuple[Object, ...]
    scales: bool
    restless: bool

    def collection(self, namespace: str) -> str:
        """The path of its collection in a namespace."""
        return f"{self.root}/namespaces/{namespace}/{self.plural}"

    @property
    def root(self) -> str:
        """The path of its group and version."""
        return f"/api{'s' if '/' in self.api_version else ''}/{self.api_version}"

    @property
    def has_status(self) -> bool:
        """Whether some part is about its status, or a control plane writes it."""
        return self.restless or any("status" in part for part in self.parts)


@cache
def subjects() -> tuple[Subject, ...]:
    """Every kind of the file."""
    document = yaml.safe_load((Path(__file__).parent / "kinds.yaml").read_text())
    return tuple(_subject(name, each) for name, each in document.items())


def _subject(name: str, each: Object) -> Subject:
    version, _, plural = each["path"].partition("/")[2].rpartition("/")
    flags = [each.get(name, False) for name in ("scales", "restless")]
    return Subject(
        name,
        version,
        plural,
        each["base"],
        tuple(each["parts"]),
        tuple(each.get("strategic", ())),
        tuple(each["wrong"]),
        tuple(each.get("created", ())),
        tuple(each.get("newer", ())),
        *flags,
    )


def named(part: Object, name: str) -> Object:
    """A copy with the object's name put in place of `@`."""
    filled: Object = json.loads(json.dumps(part).replace('"@"', json.dumps(name)))
    return filled


def merged(target: Any, part: Any) -> Any:
    """`part` over `target` as a JSON merge patch merges; the test's own, so that it shares no fault with the server's."""
    if not isinstance(part, dict):
        return part
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in part.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result
