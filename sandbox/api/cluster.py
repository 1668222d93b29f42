"""The parts of one running API server, handed to every handler."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.access.rbac import Rbac
from sandbox.access.tokens import Tokens
from sandbox.storage.store import Store


@dataclass
class Cluster:
    """Store, tokens and authorizer, and the CA that clients trust."""

    store: Store
    tokens: Tokens
    rbac: Rbac
    ca_pem: str


def timestamp() -> str:
    """Now, as metadata carries it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
