"""A watcher, and a worker in a thread, for tests; and what somebody with kubectl does behind their backs."""

import math
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import close_old_connections

from clusters.models import Cluster
from clusters.observation import verdicts
from clusters.observation.watcher import Watcher
from kube.connect import Api
from kube.inventory import Ref
from kube.kinds import path_of
from reconcile.engine import reconcile


def until(condition: Callable[[], Any], what: str, seconds: float = 15.0) -> Any:
    """What `condition` answers as soon as it is true; fails with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(0.01)
    raise AssertionError(f"not within {seconds} s: {what}")


@contextmanager
def watching(cluster: Cluster) -> Iterator[Watcher]:
    """A running watcher whose first lists are written."""
    watcher = Watcher(cluster)
    watcher.trusted_until = math.inf
    watcher.start()
    try:
        until(lambda: all(feed.listed.is_set() for feed in watcher.feeds) and watcher.writer.inbox.empty(), "every kind was listed")
        yield watcher
    finally:
        watcher.stop()


@contextmanager
def working(monkeypatch: Any) -> Iterator["queue.Queue[tuple[str, int]]"]:
    """A worker that is woken by the watcher."""
    woken: queue.Queue[tuple[str, int]] = queue.Queue()
    stop = threading.Event()
    outcomes: list[Any] = []

    def wake(kind: str, pk: int) -> bool:
        woken.put((kind, pk))
        return True

    def work() -> None:
        while not stop.is_set():
            try:
                outcomes.append(reconcile(*woken.get(timeout=0.05)))
            except queue.Empty:
                pass
            finally:
                close_old_connections()

    monkeypatch.setattr(verdicts, "wake_now", wake)
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield woken
    finally:
        stop.set()
        thread.join(10)
        print("the worker's outcomes:", [outcome and (outcome.state, outcome.message) for outcome in outcomes])


@contextmanager
def sweeping(look: Callable[[], Any]) -> Iterator[None]:
    """A worker that is woken by nobody: `look` does what is due, again and again, as the sweep has it."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.05):
            look()
            close_old_connections()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(15)


def get(api: Api, entry: dict[str, Any]) -> dict[str, Any] | None:
    """The live object of an inventory entry, or None."""
    status = 404
    try:
        return api.request("GET", path_of(Ref.of(entry)))
    except Exception as error:
        if getattr(error, "status", 0) != status:
            raise
        return None


def edit(api: Api, entry: dict[str, Any], patch: list[dict[str, Any]], manager: str = "kubectl-edit") -> dict[str, Any]:
    """A JSON patch by a hand."""
    query = {"fieldManager": manager}
    return api.request("PATCH", path_of(Ref.of(entry)), query=query, body=patch, content_type="application/json-patch+json")


def merge(api: Api, entry: dict[str, Any], body: dict[str, Any], manager: str = "kubectl-edit") -> dict[str, Any]:
    """A merge patch by a hand."""
    query = {"fieldManager": manager}
    return api.request("PATCH", path_of(Ref.of(entry)), query=query, body=body, content_type="application/merge-patch+json")
