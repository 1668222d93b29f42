"""Plays a sequence of calls on one server and writes down what it answered and what its watches told."""

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.differential.calls import JSON, MERGE, Call
from tests.differential.deviations import grows, scales
from tests.differential.kinds import Object, merged

REFERENCE = re.compile(r"<(uid|version|stale|continue):([^>]+)>")
UNKNOWN = {"uid": "44444444-4444-4444-4444-444444444444", "version": "1", "stale": "1", "continue": "none"}
LONGEST_LINE = 8 * 1024 * 1024
LISTED = "LISTED"  # what a watch began with
QUIET, PATIENCE = 0.25, 5.0


@dataclass
class Answer:
    """A code and a JSON value, or text where it is none."""

    code: int
    body: Any


@dataclass
class Record:
    """What one server did: an answer for each call, and the events of each watch by the call's number."""

    answers: list[Answer]
    events: dict[int, list[Object]]


class Player:
    """One server. It remembers what it saw, to fill in what only this server knows: uids, versions, continue tokens."""

    def __init__(self, server: str, token: str, context: Any, minor: int) -> None:
        """`minor` is that of the older of the servers that are compared."""
        self._server, self._token, self._context, self._minor = server, token, context, minor
        self._seen: dict[str, list[Object]] = {}
        self._continue: dict[str, str] = {}
        self._watches: list[asyncio.Task[None]] = []

    async def play(self, setup: Sequence[Call], calls: Sequence[Call]) -> Record:
        """Send every call in turn; the answers to `setup` are not part of the record."""
        connector = aiohttp.TCPConnector(ssl=self._context, limit=0)
        headers = {"Authorization": f"Bearer {self._token}"}
        async with aiohttp.ClientSession(connector=connector, headers=headers, read_bufsize=LONGEST_LINE) as session:
            for call in setup:
                found = await self._send(session, call)
                if found.code >= 300:
                    raise RuntimeError(f"{call}: {found}")
            record = Record([], {})
            for number, call in enumerate(calls):
                record.answers.append(await self._step(session, number, call, record))
            await self._settle(record)
            return record

    async def _step(self, session: aiohttp.ClientSession, number: int, call: Call, record: Record) -> Answer:
        if not call.is_watch:
            answer = await self._send(session, call)
            await self._disown(session, call, answer)
            return answer
        started: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        record.events[number] = []
        self._watches.append(asyncio.create_task(self._watch(session, call, started, record.events[number])))
        return await started

    async def _disown(self, session: aiohttp.ClientSession, call: Call, answer: Answer) -> None:
        """Let nobody own fields of what was written, if an old server tells their owners wrongly, or will by the next write."""
        is_write = call.method in ("POST", "PUT", "PATCH") and answer.code < 300 and not call.is_dry
        metadata = answer.body.get("metadata") if is_write and isinstance(answer.body, dict) else None
        if metadata and (grows(metadata.get("managedFields") or [], self._minor) or scales(call.path, self._minor)):
            path = f"{call.path}/{metadata['name']}" if call.method == "POST" else call.path.removesuffix("/status").removesuffix("/scale")
            await self._send(session, Call("PATCH", path, {"metadata": {"managedFields": [{}]}}, MERGE))

    async def _send(self, session: aiohttp.ClientSession, call: Call) -> Answer:
        body, query = self._body(call), [(key, self._filled(value)) for key, value in call.query]
        headers = {"Content-Type": call.content_type, "User-Agent": f"{call.agent}/1"}
        try:
            async with session.request(call.method, self._server + call.path, data=body, params=query, headers=headers) as response:
                text = await response.text()
        except aiohttp.ClientError as error:
            return Answer(0, str(error))
        answer = Answer(response.status, json.loads(text) if text.startswith("{") else text)
        if not call.is_dry:
            self._remember(call.path, answer.body)
        return answer

    def _body(self, call: Call) -> str | None:
        if call.edits:
            seen = self._seen.get(call.path.removesuffix("/status"))
            value: Any = seen[-1] if seen else {"metadata": {}}
            for edit in call.edits:
                value = merged(value, edit)
            return json.dumps(value)
        if call.body is None or isinstance(call.body, str):
            return call.body
        return self._filled(json.dumps(call.body))

    def _filled(self, text: str) -> str:
        return REFERENCE.sub(lambda match: self._known(match[1], match[2]), text)

    def _known(self, what: str, path: str) -> str:
        seen = self._seen.get(path, [])
        if what == "continue":
            return self._continue.get(path, UNKNOWN[what])
        if not seen or (what == "stale" and len(seen) < 2):
            return UNKNOWN[what]
        return str(seen[-2 if what == "stale" else -1]["metadata"]["uid" if what == "uid" else "resourceVersion"])

    def _remember(self, path: str, body: Any) -> None:
        metadata = body.get("metadata") if isinstance(body, dict) else None
        if not isinstance(metadata, dict):
            return
        if metadata.get("continue"):
            self._continue[path] = metadata["continue"]
        if metadata.get("uid") and metadata.get("resourceVersion") and not path.endswith("/scale"):
            parts = path.split("/")
            base = path.removesuffix("/status") if metadata["name"] in parts[6:] else f"{path}/{metadata['name']}"
            self._seen.setdefault(base, []).append(body)

    async def _watch(self, session: aiohttp.ClientSession, call: Call, started: asyncio.Future[Answer], events: list[Object]) -> None:
        # From the version of a list, as clients do: the order of what is there already is not told.
        plain = await self._send(session, Call("GET", call.path))
        query = [*call.query, ("resourceVersion", str(plain.body["metadata"]["resourceVersion"])), ("timeoutSeconds", "300")]
        async with session.get(self._server + call.path, params=query, headers={"Content-Type": JSON}) as response:
            if response.status >= 300:
                started.set_result(Answer(response.status, await response.json()))
                return
            started.set_result(Answer(response.status, {}))
            events += [{"type": LISTED, "object": {**_typed(plain.body), **each}} for each in plain.body["items"]]
            async for line in response.content:
                events.append(json.loads(line))

    async def _settle(self, record: Record) -> None:
        """Wait until no watch has told anything for a moment, then end them all."""
        told, end = -1, asyncio.get_running_loop().time() + PATIENCE
        while (now := sum(map(len, record.events.values()))) != told and asyncio.get_running_loop().time() < end:
            told = now
            await asyncio.sleep(QUIET)
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)


def _typed(items: Object) -> Object:
    """What every item of a list is, which only the list says."""
    return {"apiVersion": items["apiVersion"], "kind": items["kind"].removesuffix("List")}
