"""A version's files through the registry's own artifact server; whoever calls has asked whether the person may see the version."""

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from registry.sync.plain import text
from registry.tracking.client import Client
from registry.tracking.errors import RegistryRefused

API = "/api/2.0/mlflow-artifacts/artifacts"
# One slash: no other host's. What a second decoding could turn into a step up is not asked for.
ROOT = re.compile(r"mlflow-artifacts:/(?!/)(?P<path>[^%\\?#\x00-\x1f]+)")
PATH = re.compile(r"[^%\\?#\x00-\x1f\x7f]{1,1000}")
ENTRIES = 500
SECONDS = 900.0


@dataclass(frozen=True)
class File:
    """One entry of a folder: `path` from the model's root, `size` in bytes or None."""

    name: str
    path: str
    is_folder: bool
    size: int | None


class NotKept(Exception):
    """The files are not in the registry's own store, so the portal neither lists nor sends them."""


def list_files(client: Client, root: str, path: str) -> list[File]:
    """A folder's entries (empty path: the model's root), folders first, at most ENTRIES. Raises NotKept and the two of Client."""
    place = _place(root, path)
    told = _json(client, place)
    files = [found for entry in told[:ENTRIES] if (found := _file(entry, path))]
    return sorted(files, key=lambda file: (not file.is_folder, file.name))


class Pieces:
    """A file as it comes. Close it, read or not: a generator that nobody began would not end its connection."""

    def __init__(self, body: Iterable[bytes], stack: ExitStack) -> None:
        self._body, self._stack = iter(body), stack

    def __iter__(self) -> Iterator[bytes]:
        return self._body

    def __next__(self) -> bytes:
        return next(self._body)

    def close(self) -> None:
        """Ends the connection to the registry."""
        self._stack.close()


def open_file(address: str, timeout: float, root: str, path: str, most: int) -> tuple[int | None, Pieces]:
    """The file's size, if it is told, and its pieces, which the caller closes.

    Raises NotKept, RegistrySilent, RegistryRefused (413: larger than `most` bytes) before anything is sent.
    """
    place = _place(root, path)
    with ExitStack() as stack:
        client = stack.enter_context(Client(address, lambda: timeout))
        body = client.stream(f"{API}/{place}", most, SECONDS)
        return body.size, Pieces(body, stack.pop_all())


def _place(root: str, path: str) -> str:
    """The path in the artifact server's store. Raises NotKept, RegistryRefused for a path that leaves the model."""
    match = ROOT.fullmatch(root)
    if match is None:
        raise NotKept
    whole = f"{match['path'].rstrip('/')}/{path}" if path else match["path"].rstrip("/")
    if (path and not PATH.fullmatch(path)) or any(part in ("", ".", "..") for part in whole.split("/")):
        raise RegistryRefused(404, "RESOURCE_DOES_NOT_EXIST", "there is no such file")
    return whole


def _json(client: Client, place: str) -> list[Any]:
    told = client.get_at(API, path=place).get("files")
    return told if isinstance(told, list) else []


def _file(entry: Any, folder: str) -> File | None:
    """One entry; MLflow tells its name within the folder that was asked for."""
    name = text(entry.get("path"), 300) if isinstance(entry, dict) else ""
    if not name or "/" in name or name != entry["path"]:
        return None
    size = entry.get("file_size")
    return File(name, f"{folder}/{name}" if folder else name, bool(entry.get("is_dir")), size if isinstance(size, int) else None)
