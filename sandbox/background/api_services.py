"""Keeps the Available condition of every APIService true, and remembers what resources the available ones list."""

import asyncio
import json
import logging
from typing import Any

import aiohttp

from sandbox.api.aggregation import place_of, remote_apis
from sandbox.api.cluster import Cluster, timestamp
from sandbox.api.outgoing import Outgoing, why
from sandbox.kinds.table import kind_named
from sandbox.schema.decode import clone
from sandbox.storage.history import Change

Object = dict[str, Any]
Verdict = tuple[str, str, str]
WATCHED = frozenset({"APIService", "Service", "Endpoints", "EndpointSlice"})
CHECK_SECONDS, EVERY, SOONER = 5.0, 10.0, 1.0
log = logging.getLogger("sandbox.api")


class ApiServices:
    """Looks at all of them when something about them changes, every ten seconds, and each second while one is not available."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._changed = asyncio.Event()
        cluster.store.listen(self._note)

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            self._changed.clear()
            pause = EVERY
            for each in remote_apis(self._cluster):
                verdict = await self._judge(each.spec, each.path)
                self._write(each.name, verdict)
                pause = pause if verdict[0] == "True" else SOONER
            try:
                await asyncio.wait_for(self._changed.wait(), pause)
            except TimeoutError:
                continue

    def _note(self, change: Change) -> None:
        if change.last.kind.built_in in WATCHED:
            self._changed.set()

    async def _judge(self, spec: Object, path: str) -> Verdict:
        """Status, reason and message of the condition."""
        if (problem := self._problem(spec)) is not None:
            return problem
        place = place_of(self._cluster, spec)
        if place is None:
            service = spec["service"]
            return "False", "MissingEndpoints", f'endpoints for service/{service["name"]} in "{service["namespace"]}" have no addresses'
        url = f"https://{place[0]}{path}"
        try:
            async with self._cluster.outside.open(Outgoing("GET", url, trust=place[1]), seconds=CHECK_SECONDS) as answer:
                body = await answer.read()
                if not 200 <= answer.status < 300:
                    return _failed(url, f"bad status from {url}: {answer.status}")
                self._cluster.remote_resources[f"{spec['group']}/{spec['version']}"] = json.loads(body).get("resources") or []
        except (aiohttp.ClientError, OSError, ValueError, AttributeError) as error:
            return _failed(url, why(error))
        return "True", "Passed", "all checks passed"

    def _problem(self, spec: Object) -> Verdict | None:
        service = spec["service"]
        name, namespace, port = service["name"], service["namespace"], service.get("port", 443)
        stored = self._cluster.store.get(kind_named("Service"), namespace, name)
        if stored is None:
            return "False", "ServiceNotFound", f'service/{name} in "{namespace}" is not present'
        if all(each["port"] != port for each in stored.value["spec"].get("ports") or []):
            return "False", "ServicePortError", f'service/{name} in "{namespace}" is not listening on port {port}'
        return None

    def _write(self, name: str, verdict: Verdict) -> None:
        stored = self._cluster.store.get(kind_named("APIService"), "", name)
        if stored is None:
            return
        status, reason, message = verdict
        conditions = (stored.value.get("status") or {}).get("conditions") or []
        old: Object = next((each for each in conditions if each["type"] == "Available"), {})
        if (old.get("status"), old.get("reason"), old.get("message")) == verdict:
            return
        since = old["lastTransitionTime"] if old.get("status") == status else timestamp()
        condition = {"type": "Available", "status": status, "reason": reason, "message": message, "lastTransitionTime": since}
        value = clone(stored.value)
        value["status"] = {"conditions": [*[each for each in conditions if each["type"] != "Available"], condition]}
        self._cluster.store.put(stored.kind, value)


def _failed(url: str, reason: str) -> Verdict:
    return "False", "FailedDiscoveryCheck", f"failing or missing response from {url}: {reason}"
