"""Compact JSON, as the store keeps it and answers carry it."""

import json
from typing import Any

import orjson

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def encode(value: Any) -> bytes:
    """Compact JSON of what JSON or YAML can say."""
    try:
        # Copied, since what orjson returns occupies the next power of two.
        return bytes(memoryview(orjson.dumps(value)))
    except TypeError:
        # Integers beyond 64 bits, and keys of YAML that are no strings.
        return _encode(value).encode()
