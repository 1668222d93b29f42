"""One version of one object, as the store holds it: never changed after it was made."""

import json
from functools import cached_property
from typing import Any

from sandbox.kinds.table import Kind

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def encode(value: Any) -> bytes:
    """Compact JSON."""
    return _encode(value).encode()


class Stored:
    """An object without `kind` and `apiVersion`, its version and its JSON, encoded once for all readers."""

    def __init__(self, kind: Kind, value: dict[str, Any], version: int) -> None:
        self.kind, self.value, self.version = kind, value, version

    @property
    def name(self) -> str:
        """metadata.name."""
        return str(self.value["metadata"]["name"])

    @property
    def namespace(self) -> str:
        """metadata.namespace, empty for a cluster-scoped object."""
        return str(self.value["metadata"].get("namespace", ""))

    @property
    def labels(self) -> dict[str, str]:
        """metadata.labels."""
        return self.value["metadata"].get("labels") or {}

    @cached_property
    def bare(self) -> bytes:
        """JSON as an item of a list has it: without kind and apiVersion."""
        return encode(self.value)

    @property
    def full(self) -> bytes:
        """JSON as a single answer has it."""
        return with_kind(self.kind, self.bare)


def with_kind(kind: Kind, bare: bytes) -> bytes:
    """Put kind and apiVersion in front of an encoded object."""
    return f'{{"kind":"{kind.name}","apiVersion":"{kind.api_version}",'.encode() + bare[1:]
