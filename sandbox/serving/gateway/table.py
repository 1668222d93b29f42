"""Where requests go, as the simulator told last: routes by namespace and name, found by path or by host."""

import asyncio
import re
from collections.abc import Mapping
from itertools import cycle
from typing import Any, NamedTuple

from sandbox.serving.gateway.splitter import Splitter

Object = dict[str, Any]
Key = tuple[str, str]
PREFIX = re.compile(r"^/serving/([^/]+)/([^/]+)(/.*)?$")


class Endpoint(NamedTuple):
    """One ready pod: HOST:PORT of its process."""

    pod: str
    address: str


class Backend:
    """One predictor: the name of its Service, and its ready pods in turn. The stable one is asked even when none of them is ready.

    A revision of Knative has `patience`: the seconds for which requests wait until one of its pods is ready; 0.0 for others.
    """

    def __init__(self, told: Object, *, is_stable: bool) -> None:
        self.service, self.is_stable, self.is_simulated = str(told["service"]), is_stable, bool(told.get("simulated"))
        self.endpoints = [Endpoint(each["pod"], each["address"]) for each in told["endpoints"]]
        self.patience = float(told.get("patience") or 0.0)
        self._turns = cycle(self.endpoints)

    @property
    def is_usable(self) -> bool:
        """Whether requests may be sent here: to a canary only while it is ready, or can be waited for."""
        return bool(self.endpoints or self.patience) or self.is_stable

    @property
    def sleeps(self) -> bool:
        """Whether a request has to wait, because it may be that a pod comes."""
        return bool(self.patience) and not self.endpoints and not self.is_simulated

    def turn(self) -> Endpoint | None:
        """The next pod; None if none is ready."""
        return next(self._turns, None)


class Route:
    """One InferenceService."""

    def __init__(self, told: Object) -> None:
        self.namespace, self.name, self.told = str(told["namespace"]), str(told["name"]), told
        self.is_stopped = bool(told.get("stopped"))
        self.backends = [Backend(each, is_stable=number == 0) for number, each in enumerate(told["backends"])]
        self._splitter = Splitter([each["weight"] for each in told["backends"]])

    def choose(self) -> Backend | None:
        """The backend whose turn it is; None if there is none at all."""
        index = self._splitter.next([each.is_usable for each in self.backends])
        return None if index is None else self.backends[index]

    def adopt(self, former: "Route") -> None:
        """Go on where the former left off, if only pods have changed: shares stay exact while pods come and go."""
        if self.shares == former.shares:
            self._splitter = former._splitter

    @property
    def shares(self) -> list[tuple[str, int]]:
        """Services and their weights."""
        return [(each["service"], each["weight"]) for each in self.told["backends"]]


class Found(NamedTuple):
    """A route, the path to ask of it, and the one backend that is meant if the host names it."""

    route: Route | None
    path: str
    backend: Backend | None = None


class Table:
    """All routes; replaced as a whole."""

    def __init__(self) -> None:
        self._replaced = asyncio.Event()
        self._routes: dict[Key, Route] = {}
        self._hosts: dict[str, tuple[Route, Backend | None]] = {}

    def replace(self, told: list[Object]) -> None:
        """Take what the simulator tells."""
        before, self._routes, self._hosts = self._routes, {}, {}
        for each in told:
            route = Route(each)
            former = before.get((route.namespace, route.name))
            if former is not None and former.told == each:
                route = former
            elif former is not None:
                route.adopt(former)
            self._routes[route.namespace, route.name] = route
            self._hosts |= _hosts(route)
        news, self._replaced = self._replaced, asyncio.Event()
        news.set()

    async def news(self, seconds: float) -> None:
        """Return when it has been replaced, or after so many seconds."""
        try:
            await asyncio.wait_for(self._replaced.wait(), seconds)
        except TimeoutError:
            return

    def again(self, route: Route, service: str) -> Backend | None:
        """A backend as it is now, or whose turn it is of its route where it is gone; None without a route."""
        now = self._routes.get((route.namespace, route.name))
        if now is None:
            return None
        return next((each for each in now.backends if each.service == service), None) or now.choose()

    def find(self, host: str, path: str) -> Found | None:
        """By the path /serving/NAMESPACE/NAME, else by the host; None for a request that is for nobody. An unknown name has no route."""
        if match := PREFIX.match(path):
            return Found(self._routes.get((match[1], match[2])), match[3] or "/")
        name = host.partition(":")[0].lower().rstrip(".")
        known = self._hosts.get(name) or self._hosts.get(".".join(name.split(".")[:2])) or self._hosts.get(name.partition(".")[0])
        return Found(known[0], path, known[1]) if known else None


def _hosts(route: Route) -> Mapping[str, tuple[Route, Backend | None]]:
    """`NAME-NAMESPACE` (any domain) is all of it, `SERVICE.NAMESPACE` (any suffix) and `SERVICE-NAMESPACE` one backend."""
    hosts: dict[str, tuple[Route, Backend | None]] = {}
    for backend in route.backends:
        for glue in "-.":
            hosts[f"{backend.service}{glue}{route.namespace}"] = route, backend
    return hosts | {f"{route.name}-{route.namespace}": (route, None), f"{route.name}.{route.namespace}": (route, None)}
