"""The append-only journal: one JSON line per write. It survives kill -9 of the process (not the loss of power: no fsync)."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import orjson

Record = dict[str, Any]


class JournalError(RuntimeError):
    """A line in the middle of the journal cannot be read."""


class Journal:
    """Appends records to `path`; an incomplete last line, left by a killed process, is cut off when read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[bytes] | None = None

    def read(self) -> Iterator[Record]:
        """Yield every record, oldest first."""
        if not self.path.exists():
            return
        good = 0
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                yield self._parse(line, good)
                good += len(line)
        if good < self.path.stat().st_size:
            os.truncate(self.path, good)

    def append(self, record: bytes) -> None:
        """Hand one record to the operating system before returning."""
        if self._file is None:
            self._file = self.path.open("ab", buffering=0)
            os.chmod(self.path, 0o600)
        self._file.write(record + b"\n")

    def rewrite(self, records: Iterable[bytes]) -> None:
        """Replace the journal by `records`, in one step."""
        self.close()
        partial = self.path.with_suffix(".partial")
        with partial.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            for record in records:
                file.write(record + b"\n")
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path)

    def close(self) -> None:
        """Close the file; the next append opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _parse(self, line: bytes, offset: int) -> Record:
        try:
            record: Record = orjson.loads(line)
        except ValueError as error:
            raise JournalError(f"{self.path} is damaged at byte {offset}: move the data folder away to start afresh") from error
        return record
