"""One thread per kind: lists, then watches, and hands on what it reads; survives whatever the connection does."""

import logging
import queue
import random
import threading
import time
from collections.abc import Callable
from typing import Literal

from django.conf import settings

from clusters.observation.kinds import EVENT, OPTIONAL, OWNED, POD, Kind, selector_of
from clusters.observation.messages import Changed, Listed, Message
from kube.connect import Api
from kube.definitions import presence
from kube.errors import ApiError, Expired, KubeError, WatchCut
from kube.kinds import collection_path, kind_of
from kube.lists import list_all
from kube.watch import Watch

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 5.0
ABSENT_SECONDS = 3.0


# Not installed; hidden from the portal, as after an upgrade without a new bootstrap; installed but not served at the moment.
Absent = Literal["", "missing", "forbidden", "unclear"]


class Feed:
    """`down_since` (this process's monotonic clock) says since when nothing is known to have come through; None while it is live.

    A kind that is `absent` is looked for again now and then; `returned` is set when it is back.
    """

    def __init__(self, kind: Kind, connect: Callable[[], Api], inbox: "queue.Queue[Message]", spaces_known: threading.Event) -> None:
        self.kind, self.connect, self.inbox, self.spaces_known = kind, connect, inbox, spaces_known
        self.stopping, self.listed = threading.Event(), threading.Event()
        self.down_since: float | None = None
        self.heard_at = time.monotonic()
        self._watch: Watch | None = None
        self._version = ""
        self._pause, self._began, self._unproven = 0.0, 0.0, False
        self.returned = threading.Event()
        self.absent: Absent = ""

    def stop(self) -> None:
        """End the thread soon, also out of a silent watch."""
        self.stopping.set()
        self.list_again()

    def list_again(self) -> None:
        """Begin with a new list, soon."""
        if watch := self._watch:
            watch.stop()

    def run(self) -> None:
        """The thread, until `stop`."""
        while not self.stopping.is_set():
            try:
                self._follow()
            except Expired as error:
                logger.info("%s is listed again: %s", self.kind[1], error)
                self._watch = None
            except WatchCut as error:
                logger.info("the watch of %s is resumed: %s", self.kind[1], error)
                self._unproven = True
                self._settle()
            except KubeError as error:
                if self.kind in OPTIONAL and isinstance(error, ApiError) and (error.kind_missing or error.status == 403):
                    self._look_why(error)
                else:
                    self._fail(error)
            except Exception as error:
                logger.exception("the watch of %s failed", self.kind[1])
                self._watch = None
                self._fail(error)

    def _follow(self) -> None:
        api = self.connect()
        if self._unproven:
            self._prove(api)
        watch = self._watch
        if watch is None or watch.stopped:
            if not self._may_list():
                return
            watch = self._watch = self._list(api)
        if self.stopping.is_set():
            return
        watch.api = api
        self._began = time.monotonic()
        for type_, thing, version in watch.events(self._version):
            self._version = version
            self._heard()
            if type_ != "BOOKMARK":
                self._put(Changed(self.kind, type_, thing))
            if type_ == "DELETED" and self.kind in OWNED:
                # An object that loses its label leaves the watch in this way and comes back with the same UID; Memory keeps the order.
                watch.seed([])
        self._heard()
        self._settle()

    def _may_list(self) -> bool:
        """Pods and events are told apart by their namespaces, so those come first."""
        while self.kind in (POD, EVENT) and not self.spaces_known.wait(0.1):
            if self.stopping.is_set():
                return False
        return True

    def _list(self, api: Api) -> Watch:
        items, version = list_all(api, *self.kind, label_selector=selector_of(self.kind))
        things = list(items)
        if self.absent:
            logger.info("%s is there now", self.kind[1])
            self.absent = ""
            self.returned.set()
        self._put(Listed(self.kind, things, version))
        self._version = version
        # A quiet stream must be ended by the server before its silence is taken for its death.
        idle = max(1.5, settings.SLIPWAY["WATCH_IDLE_SECONDS"] - settings.SLIPWAY["REQUEST_TIMEOUT_SECONDS"])
        timeout = max(1, int(min(settings.SLIPWAY["WATCH_TIMEOUT_SECONDS"], idle * 0.8)))
        watch = Watch(api, *self.kind, label_selector=selector_of(self.kind), timeout_seconds=timeout, idle_seconds=idle)
        watch.seed(things)
        self.listed.set()
        self._heard()
        return watch

    def _put(self, message: Message) -> None:
        while not self.stopping.is_set():
            try:
                self.inbox.put(message, timeout=0.5)
                return
            except queue.Full:
                continue

    def _heard(self) -> None:
        self.heard_at, self.down_since = time.monotonic(), None

    def _settle(self) -> None:
        """A watch that ends again at once, time after time, is begun more and more slowly."""
        self._pause = 0.0 if time.monotonic() - self._began > 1.0 else min(LONGEST_PAUSE, max(0.05, self._pause * 2))
        self.stopping.wait(self._pause)

    def _prove(self, api: Api) -> None:
        """A watch that was resumed is silent as long as nothing changes; whether the cluster answers is asked before."""
        api.request("GET", collection_path(*self.kind), query={"limit": 1})
        self._unproven = False
        self._heard()

    def _look_why(self, error: ApiError) -> None:
        self._watch = None
        try:
            is_missing = error.kind_missing and presence(self.connect(), kind_of(*self.kind)) == "missing"
        except KubeError as other:
            self._fail(other)
        else:
            self._miss("forbidden" if error.status == 403 else "missing" if is_missing else "unclear", error)

    def _miss(self, now: Absent, error: ApiError) -> None:
        """A missing kind has no objects; of one that cannot be seen stays what is known. Neither makes the other kinds old."""
        if now != self.absent:
            self.absent = now
            logger.log(logging.WARNING if now == "forbidden" else logging.INFO, "%s is %s here: %s", self.kind[1], now, error.message)
            if now == "missing":
                self._put(Listed(self.kind, [], ""))
        self.listed.set()
        self._heard()
        self.stopping.wait(ABSENT_SECONDS * random.uniform(0.5, 1.0))  # noqa: S311 - spread, not a secret

    def _fail(self, error: Exception) -> None:
        if self.down_since is None:
            self.down_since, self._unproven = self.heard_at, True
            logger.warning("the watch of %s is down: %s", self.kind[1], error)
        if isinstance(error, ApiError) and error.expired:
            self._watch = None
        self._pause = min(LONGEST_PAUSE, max(0.1, self._pause * 2))
        self.stopping.wait(self._pause * random.uniform(0.5, 1.0))  # noqa: S311 - spread, not a secret
