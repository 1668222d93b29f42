"""Columns as bytes and back: the names as JSON, then the values as little-endian doubles, compressed."""

import sys
import zlib
from array import array

import orjson

from metrics.columns import Columns

WIDTH = 8


def pack(columns: Columns) -> bytes:
    """Columns of one length."""
    names = sorted(columns)
    values = b"".join(_swapped(columns[name]).tobytes() for name in names)
    return zlib.compress(orjson.dumps(names) + b"\n" + values, 1)


def unpack(data: bytes | memoryview) -> Columns:
    """What `pack` was given."""
    head, _, values = zlib.decompress(data).partition(b"\n")
    names = orjson.loads(head)
    size = len(values) // len(names) if names else 0
    found: Columns = {}
    for place, name in enumerate(names):
        column = array("d")
        column.frombytes(values[place * size : (place + 1) * size])
        found[name] = _swapped(column)
    return found


def _swapped(column: "array[float]") -> "array[float]":
    """Itself, but for machines that keep their numbers the other way round."""
    if sys.byteorder == "little":
        return column
    swapped = array("d", column)
    swapped.byteswap()
    return swapped
