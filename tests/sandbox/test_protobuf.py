"""The field numbers are those that kubectl itself carries."""

import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.schema.protobuf import _numbers, _read

PREFIXES = ("k8s.io.apimachinery.pkg.apis.", "k8s.io.api.")
RENAMED = {"uID": "uid", "aPIGroup": "apiGroup", "Port": "port"}
NOT_NULLABLE = b"\xc8\xde\x1f\x00"  # the option gogoproto.nullable=false
MARK = b"\x1f\x8b\x08"


def _descriptors(data: bytes) -> Iterator[bytes]:
    position = data.find(MARK)
    while position >= 0:
        try:
            reader = zlib.decompressobj(31)
            found = reader.decompress(data[position : position + 100_000])
            if reader.eof and b"generated.proto" in found[:120]:
                yield found
        except zlib.error:
            pass  # these bytes were no beginning of a compressed block
        position = data.find(MARK, position + 1)


def _published(data: bytes) -> dict[str, dict[int, tuple[str, bool]]]:
    messages = {}
    for descriptor in _descriptors(data):
        parts = list(_read(descriptor))
        package = next(value.decode() for number, value in parts if number == 2)
        for message in (value for number, value in parts if number == 4):
            name, fields = _message(list(_read(message)))
            messages[package + "." + name] = fields
    return messages


def _message(parts: list[tuple[int, Any]]) -> tuple[str, dict[int, tuple[str, bool]]]:
    fields = {}
    for field in (dict(_read(value)) for number, value in parts if number == 2):
        is_list, is_bytes = field[4] == 3, field[5] == 12
        name = field[1].decode()
        fields[field[3]] = (RENAMED.get(name, name), NOT_NULLABLE not in field.get(8, b"") and not is_list and not is_bytes)
    return next(value.decode() for number, value in parts if number == 1), fields


@pytest.mark.kubectl
def test_the_numbers_are_those_of_kubectl() -> None:
    published = _published(Path(shutil.which("kubectl") or "").read_bytes())
    compared = 0
    for name, words in _numbers().items():
        found = next((published[prefix + name] for prefix in PREFIXES if prefix + name in published), {})
        for number, (field, is_nullable) in found.items():
            word = words[number - 1] if number <= len(words) else "-"
            if word != "-" and not word.startswith("^"):
                assert word.lower() == (field + "?" * is_nullable).lower(), f"{name} {number}"
                compared += 1
    assert compared > 1000
