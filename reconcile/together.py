"""Calls to a cluster side by side, in a few threads that belong to this worker process."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

Answer = TypeVar("Answer")

CONCURRENCY = 8


@cache
def _pool() -> ThreadPoolExecutor:
    """Made on first use, so that it belongs to the worker's child and not to the process that forked it."""
    return ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="apply")


def all_at_once(work: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Runs the calls concurrently and waits for every one of them, so that no call of this attempt outlives it; then the
    first failure of the connection or the deadline is raised."""
    futures = [_pool().submit(call) for call in work]
    failures = [future.exception() for future in futures]
    for failure in failures:
        if failure is not None:
            raise failure
    return [future.result() for future in futures]
