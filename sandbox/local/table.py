"""The processes of this machine as /proc shows them, by session."""

import os
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class Row(NamedTuple):
    """One process: `started` in clock ticks since boot, `seconds` of processor time, `memory` in resident bytes."""

    pid: int
    session: int
    started: int
    seconds: float
    memory: int


def read_row(pid: int) -> Row | None:
    """One process; None if it is gone or a zombie."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    if fields[0] in ("Z", "X"):
        return None
    return Row(pid, int(fields[3]), int(fields[19]), (int(fields[11]) + int(fields[12])) / TICKS, int(fields[21]) * PAGE)


def by_session(sessions: set[int]) -> dict[int, list[Row]]:
    """The living processes of these sessions."""
    found: dict[int, list[Row]] = {session: [] for session in sessions}
    for each in os.listdir(PROC):
        row = read_row(int(each)) if each.isdigit() else None
        if row is not None and row.session in found:
            found[row.session].append(row)
    return found
