"""One version of one object, as the store holds it: its JSON, never changed after it was made, and decoded only for who looks inside."""

from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

from sandbox.kinds.table import Kind
from sandbox.storage.encoding import encode

# Decoded, an object takes several times the memory of its JSON.
DECODED = 1_000


class Stored:
    """An object without `kind` and `apiVersion`; `bare` is its JSON, encoded once for all readers."""

    __slots__ = ("_shown", "bare", "kind", "name", "namespace", "usage", "version")

    def __init__(self, kind: Kind, value: dict[str, Any], version: int) -> None:
        metadata = value["metadata"]
        self._set(kind, metadata.get("namespace", ""), metadata["name"], encode(value), version)

    @classmethod
    def read(cls, kind: Kind, namespace: str, name: str, bare: bytes, version: int) -> "Stored":
        """From its JSON, which is not looked into."""
        stored = cls.__new__(cls)
        stored._set(kind, namespace, name, bare, version)
        return stored

    def _set(self, kind: Kind, namespace: str, name: str, bare: bytes, version: int) -> None:
        self.kind, self.namespace, self.name, self.bare, self.version = kind, namespace, name, bare, version
        self._shown: Stored | None = None
        # What it takes of a quota, by name, once somebody has counted it.
        self.usage: dict[str, Decimal] | None = None

    @property
    def value(self) -> dict[str, Any]:
        """The object; not to be changed."""
        return _decoded(self)

    @property
    def labels(self) -> dict[str, str]:
        """metadata.labels."""
        return self.value["metadata"].get("labels") or {}

    def shown_as(self, kind: Kind) -> "Stored":
        """This object as a version of its kind shows it."""
        if kind is self.kind or not kind.is_custom:
            return self
        if self._shown is None or self._shown.kind is not kind:
            self._shown = Stored(kind, kind.convert(self.value), self.version)
        return self._shown

    @property
    def item(self) -> bytes:
        """JSON as an item of a list has it: those of custom kinds say what they are."""
        return self.full if self.kind.is_custom else self.bare

    @property
    def full(self) -> bytes:
        """JSON as a single answer has it."""
        return with_kind(self.kind, self.bare)


@lru_cache(DECODED)
def _decoded(stored: Stored) -> dict[str, Any]:
    value: dict[str, Any] = orjson.loads(stored.bare)
    return value


def with_kind(kind: Kind, bare: bytes) -> bytes:
    """Put kind and apiVersion in front of an encoded object."""
    return f'{{"kind":"{kind.name}","apiVersion":"{kind.api_version}",'.encode() + bare[1:]
