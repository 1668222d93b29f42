"""A container's output in files: two of bounded size, the older one dropped when the younger is full."""

import os
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import overload

from sandbox.nodes.runtime import LogLine

LARGEST_FILE = 4 * 1024 * 1024
LONGEST_LINE = 16 * 1024


class FileLog(Sequence[LogLine]):
    """Only where lines begin, and when they came, is held in memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._number = 0
        self._generations: list[tuple[int, array[float], array[int]]] = []
        self._rotate()

    def append(self, at: float, line: bytes) -> None:
        """Add a line, without its end; one that is too long is cut."""
        descriptor, times, ends = self._generations[-1]
        if ends and ends[-1] >= LARGEST_FILE:
            self._rotate()
            descriptor, times, ends = self._generations[-1]
        line = line[:LONGEST_LINE]
        os.write(descriptor, line + b"\n")
        times.append(max(at, times[-1] + 1e-6) if times else at)
        ends.append((ends[-1] if ends else 0) + len(line) + 1)

    def close(self) -> None:
        """Drop it."""
        for descriptor, _, _ in self._generations:
            os.close(descriptor)
        self._generations = []
        for number in (self._number, self._number - 1):
            self._file(number).unlink(missing_ok=True)

    def __len__(self) -> int:
        return sum(len(times) for _, times, _ in self._generations)

    @overload
    def __getitem__(self, index: int) -> LogLine: ...
    @overload
    def __getitem__(self, index: slice) -> list[LogLine]: ...
    def __getitem__(self, index: int | slice) -> LogLine | list[LogLine]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        index = index + len(self) if index < 0 else index
        for descriptor, times, ends in self._generations:
            if index < len(times):
                start = ends[index - 1] if index else 0
                return LogLine(times[index], os.pread(descriptor, ends[index] - start - 1, start).decode(errors="replace"))
            index -= len(times)
        raise IndexError(index)

    def _rotate(self) -> None:
        if len(self._generations) > 1:
            os.close(self._generations.pop(0)[0])
            self._file(self._number - 1).unlink(missing_ok=True)
        self._number += 1
        descriptor = os.open(self._file(self._number), os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._generations.append((descriptor, array("d"), array("Q")))

    def _file(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")
