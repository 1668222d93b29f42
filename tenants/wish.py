"""What a namespace request asks for, as one typed value; forms and serializers make it, snapshots keep it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tenants.environments import Environment
from tenants.resources import Resources


@dataclass(frozen=True)
class NamespaceWish:
    """A namespace `name` on the cluster of name `cluster` with `resources`, for good or until `ends_at` (aware).

    Snapshots from before there were environments stand for development.
    """

    cluster: str
    name: str
    resources: Resources
    ends_at: dt.datetime | None = None
    environment: str = Environment.DEVELOPMENT.value

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """From a snapshot."""
        ends_at = dt.datetime.fromisoformat(data["ends_at"]) if data["ends_at"] else None
        environment = data.get("environment") or Environment.DEVELOPMENT.value
        return cls(data["cluster"], data["name"], Resources.load(data["resources"]), ends_at, environment)

    def dump(self) -> dict[str, Any]:
        """As a snapshot."""
        ends_at = self.ends_at.astimezone(dt.UTC).isoformat() if self.ends_at else None
        resources = self.resources.dump()
        return {"cluster": self.cluster, "name": self.name, "environment": self.environment, "resources": resources, "ends_at": ends_at}

    @property
    def subject(self) -> str:
        """What the request is about: one open request each."""
        return f"namespace/{self.cluster}/{self.name}"
