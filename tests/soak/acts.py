"""What happens during a soak: people ask and delete, hands edit the cluster, processes die, Redis forgets, the API server stands still."""

import json
import os
import random
import signal
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from redis import Redis, RedisError

from portal.supervisor import proc
from portal.supervisor.state import RunFolder
from tests.faults.oracle_cluster import LISTS, Cluster, claim_of
from tests.supervisor.quickstart import QuickStart

FREEZE_SECONDS = 3.0
MOST_NAMESPACES = 25
KILLED_ROLES = ("worker", "beat", "watcher", "web", "simulator")
API_SERVERS = (b"kube-apiserver", b"sandbox\0serve")
EDITS: dict[str, dict[str, Any]] = {
    "ResourceQuota": {"spec": {"hard": {"pods": "7", "requests.example.com/gpu": "3"}}},
    "LimitRange": {"spec": {"limits": []}},
    "NetworkPolicy": {"spec": {"ingress": [{}], "egress": [{}]}},
    "RoleBinding": {"subjects": [{"kind": "User", "name": "somebody", "apiGroup": "rbac.authorization.k8s.io"}]},
}


class Acts:
    """The acts on one portal; each returns what it did in a few words."""

    def __init__(self, portal: QuickStart, chance: random.Random) -> None:
        self.portal, self.chance = portal, chance
        self.cluster = Cluster(str(portal.home / "kubeconfig"))
        self.number = 0

    def any(self) -> str:
        """One act at random; people's work is the most frequent."""
        acts: list[tuple[int, Callable[[], str]]] = [
            (5, self.ask), (1, self.delete), (3, self.edit), (2, self.remove), (2, self.kill), (1, self.flush), (1, self.freeze),
        ]  # fmt: skip
        (act,) = self.chance.choices([act for _weight, act in acts], [weight for weight, _act in acts])
        return act()

    def ask(self) -> str:
        """alice asks, approver approves without waiting for the plan."""
        if self.number >= MOST_NAMESPACES:
            return self.edit()
        self.number += 1
        name = f"soak-{self.number}"
        wish = {"team": "vision", "cluster": "main", "name": name, "cpu": "1", "memory": "1Gi", "justification": "soak"}
        status, request = self._call("alice", "POST", "namespace-requests/", wish)
        if status != 201:
            return f"ask {name}: {status}"
        status, _ = self._call("approver", "POST", f"requests/{request['id']}/approve/", {"version": request["version"], "confirmed": True})
        return f"ask and approve {name}: {status}"

    def delete(self) -> str:
        """alice deletes one of hers."""
        _status, listed = self._call("alice", "GET", "namespaces/?page_size=500")
        standing = [each for each in listed.get("results", []) if not each["deletion_requested_at"]]
        if len(standing) < 3:
            return "delete: nothing"
        one = self.chance.choice(standing)
        status, _ = self._call("alice", "DELETE", f"namespaces/{one['id']}/?confirm={one['name']}")
        return f"delete {one['name']}: {status}"

    def edit(self) -> str:
        """A hand changes an object of ours."""
        found = self._ours(tuple(EDITS))
        if found is None:
            return "edit: nothing"
        kind, path = found
        return f"edit {kind}: {self._by_hand('PATCH', path, EDITS[kind])}"

    def remove(self) -> str:
        """A hand deletes an object of ours."""
        found = self._ours((*EDITS, "ServiceAccount"))
        return f"remove {found[0]}: {self._by_hand('DELETE', found[1])}" if found else "remove: nothing"

    def kill(self) -> str:
        """SIGKILL for one role's process."""
        record = RunFolder(self.portal.home).read()
        running = {role: pid for role, pid, _started in record.children if role in KILLED_ROLES} if record else {}
        if not running:
            return "kill: nothing"
        role = self.chance.choice(sorted(running))
        proc.kill(running[role])
        return f"kill {role}"

    def flush(self) -> str:
        """Redis forgets everything."""
        try:
            Redis.from_url(f"unix://{self.portal.home / 'run' / 'redis.sock'}").flushall()
        except RedisError as error:
            return f"flush: {error}"
        return "flush Redis"

    def freeze(self) -> str:
        """The API server stands still and goes on."""
        frozen = [pid for pid in self.portal.living() if any(name in _command(pid) for name in API_SERVERS)]
        for pid in frozen:
            proc.kill(pid, signal.SIGSTOP)
        time.sleep(FREEZE_SECONDS)
        for pid in frozen:
            proc.kill(pid, signal.SIGCONT)
        return f"freeze {len(frozen)} API server for {FREEZE_SECONDS:.0f} s"

    def _ours(self, kinds: tuple[str, ...]) -> tuple[str, str] | None:
        """Kind and path of a random object with a claim."""
        kind = self.chance.choice(kinds)
        things = [thing for thing in self.cluster.get(LISTS[kind])["items"] if claim_of(thing)]
        if not things:
            return None
        metadata = self.chance.choice(things)["metadata"]
        folder, plural = LISTS[kind].rsplit("/", 1)
        return kind, f"{folder}/namespaces/{metadata['namespace']}/{plural}/{metadata['name']}"

    def _by_hand(self, method: str, path: str, body: dict[str, Any] | None = None) -> int:
        headers = {"Authorization": f"Bearer {self.cluster.token}", "Content-Type": "application/merge-patch+json"}
        return _send(method, self.cluster.server + path, headers, body, self.cluster.tls)[0]

    def _call(self, who: str, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.portal.credentials()[who]['token']}", "Content-Type": "application/json"}
        return _send(method, f"{self.portal.url}/api/v1/{path}", headers, body)


def _send(method: str, url: str, headers: dict[str, str], body: Any, tls: ssl.SSLContext | None = None) -> tuple[int, dict[str, Any]]:
    """Status and JSON; 0 when nothing answered, as while a role is down."""
    asked = urllib.request.Request(url, json.dumps(body).encode() if body is not None else None, headers, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=20, context=tls) as answer:  # noqa: S310
            return int(answer.status), json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        return error.code, {}
    except OSError:
        return 0, {}


def _command(pid: int) -> bytes:
    try:
        return Path(os.sep, "proc", str(pid), "cmdline").read_bytes()
    except OSError:
        return b""
