"""The parts of one running API server, handed to every handler."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.access.rbac import Rbac
from sandbox.access.tokens import Tokens
from sandbox.api.openapi import OpenApi
from sandbox.api.outgoing import Connections
from sandbox.storage.store import Store


@dataclass
class Cluster:
    """Store, tokens and authorizer, the CA that clients trust, and the way to whom requests are sent on."""

    store: Store
    tokens: Tokens
    rbac: Rbac
    ca_pem: str
    outside: Connections
    # Of the versions that APIServices serve, by `group/version`: the entries of their APIResourceLists.
    remote_resources: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    openapi: OpenApi = field(init=False)

    def __post_init__(self) -> None:
        self.openapi = OpenApi(self.store.kinds)


def timestamp() -> str:
    """Now, as metadata carries it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
