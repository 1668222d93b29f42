"""Plays a sequence on both servers and says where they differ first."""

import asyncio
import json
import secrets
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.kubeconfig import read_kubeconfig
from tests.differential.calls import APPLY, MERGE, Call
from tests.differential.draw import Draw
from tests.differential.kinds import Subject
from tests.differential.normal import Normal
from tests.differential.play import Player, Record

MISSING = "(missing)"


@dataclass
class Difference:
    """The number of the call (or of the watch, counted on behind the calls), and what each server said."""

    number: int
    call: Call
    embedded: Any
    real: Any

    def lines(self) -> list[str]:
        """For people: the call, and the values that differ by their paths."""
        codes = [each.get("code") if isinstance(each, dict) else None for each in (self.embedded, self.real)]
        left, right = [_brief(each) if codes[0] != codes[1] else each for each in (self.embedded, self.real)]
        found = list(_paths(left, right, ""))
        return [
            f"{self.number}: {self.call}",
            *[f"    {path}: embedded {_shown(left)}, real {_shown(right)}" for path, left, right in found],
        ]


class Pair:
    """The embedded server and a real one."""

    def __init__(self, kubeconfigs: Sequence[Path], subjects: Sequence[Subject], minor: int) -> None:
        """`kubeconfigs`: the embedded server's, then the real one's, whose minor version is `minor`."""
        self._accesses = [read_kubeconfig(path) for path in kubeconfigs]
        self.subjects, self._minor = subjects, minor

    def differences(self, calls: Sequence[Call], namespace: str) -> list[Difference]:
        """Where the two differ, the first first; `namespace` is the one that the calls name."""
        fresh = f"d-{secrets.token_hex(6)}"
        moved = [_moved(call, namespace, fresh) for call in calls]
        left, right = asyncio.run(self._both(moved, fresh))
        restless = frozenset(each.name for each in self.subjects if each.restless)
        said = [Normal(restless, self._minor).record(each) for each in (left, right)]
        for record in said:
            for number, call in enumerate(calls):
                _hush(call, record[number])
        watches = [call for call in calls if call.is_watch]
        named = [*enumerate(calls), *enumerate(watches, len(calls))]
        return [
            Difference(number, call, *pair)
            for (number, call), pair in zip(named, zip(*said, strict=True), strict=True)
            if pair[0] != pair[1]
        ]

    def draw(self, seed: int, count: int) -> list[Call]:
        """The sequence of a seed."""
        return Draw(seed, "space", self.subjects, self._minor).calls(count)

    async def _both(self, calls: Sequence[Call], namespace: str) -> tuple[Record, Record]:
        left, right = await asyncio.gather(*[self._player(each).play(_setup(namespace), calls) for each in self._accesses])
        return left, right

    def _player(self, access: Any) -> Player:
        return Player(access.server, access.token, ssl.create_default_context(cadata=access.ca_pem.decode()), self._minor)


def _setup(namespace: str) -> list[Call]:
    """A namespace alike on both: a bare API server makes neither its ServiceAccount nor its ConfigMap."""
    furniture = (("ServiceAccount", "serviceaccounts", "default"), ("ConfigMap", "configmaps", "kube-root-ca.crt"))
    return [
        Call("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}}),
        *[
            Call(
                "PATCH",
                f"/api/v1/namespaces/{namespace}/{plural}/{name}",
                {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}},
                APPLY,
                (("fieldManager", "x"),),
            )
            for kind, plural, name in furniture
        ],
        Call("PATCH", f"/api/v1/namespaces/{namespace}", {"metadata": {"labels": {"ready": "yes"}}}, MERGE),
    ]


def _moved(call: Call, old: str, new: str) -> Call:
    """The call in another namespace."""
    text = json.dumps([call.path, call.body, call.query]).replace(f"/namespaces/{old}/", f"/namespaces/{new}/")
    path, body, query = json.loads(text)
    return Call(call.method, path, body, call.content_type, tuple((key, value) for key, value in query), call.agent, call.edits)


def _hush(call: Call, said: Any) -> None:
    """What a parser says of a text that is no object is its own."""
    if isinstance(call.body, str) and isinstance(said["body"], dict):
        said["body"].pop("message", None)


def _brief(said: Any) -> Any:
    """Where one succeeded and the other did not, the code and the message tell enough."""
    return {"code": said["code"], "message": said["body"].get("message") if isinstance(said["body"], dict) else said["body"]}


def _paths(left: Any, right: Any, path: str) -> Any:
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            if left.get(key, MISSING) != right.get(key, MISSING):
                yield from _paths(left.get(key, MISSING), right.get(key, MISSING), f"{path}.{key}")
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, pair in enumerate(zip(left, right, strict=True)):
            if pair[0] != pair[1]:
                yield from _paths(*pair, f"{path}[{index}]")
    else:
        yield path, left, right


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 600 else f"{text[:600]} ... ({len(text)} characters)"
