"""An amount of everything that a namespace can be granted, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Resources:
    """CPU in millicores, memory and storage in bytes, GPUs in whole cards per flavor name."""

    cpu: int = 0
    memory: int = 0
    storage: int = 0
    gpus: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """From the JSON that `dump` made."""
        return cls(data["cpu"], data["memory"], data["storage"], dict(data["gpus"]))

    def dump(self) -> dict[str, Any]:
        """As JSON for a snapshot; flavors with no card are left out."""
        gpus = {name: count for name, count in sorted(self.gpus.items()) if count}
        return {"cpu": self.cpu, "memory": self.memory, "storage": self.storage, "gpus": gpus}

    def __add__(self, other: "Resources") -> "Resources":
        gpus = {name: self.gpus.get(name, 0) + other.gpus.get(name, 0) for name in {*self.gpus, *other.gpus}}
        return Resources(self.cpu + other.cpu, self.memory + other.memory, self.storage + other.storage, gpus)

    def __bool__(self) -> bool:
        return bool(self.cpu or self.memory or self.storage or any(self.gpus.values()))
