"""The node pools to simulate: a small YAML file, or the built-in ones."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sandbox.nodes.builtin_pools import BUILT_IN
from sandbox.schema.quantities import QuantityError, canonical, parse, render

SIMULATED = "sandbox.slipway.dev/simulated"
POOL = "sandbox.slipway.dev/pool"
KUBELET_VERSION = "v1.34.0+slipway-simulated"
MAX_PODS = "110"


@dataclass(frozen=True)
class Pool:
    """Equal nodes; `allocatable` is what is left of `capacity` for pods."""

    name: str
    count: int
    capacity: dict[str, str]
    allocatable: dict[str, str]
    labels: dict[str, str] = field(default_factory=dict)
    taints: list[dict[str, str]] = field(default_factory=list)

    def node_names(self) -> list[str]:
        """`sandbox-<pool>-<number>`."""
        return [f"sandbox-{self.name}-{number}" for number in range(1, self.count + 1)]


def load_pools(path: Path | None) -> list[Pool]:
    """Read `pools:` from a YAML file, or take the built-in ones; raises ValueError naming what is wrong."""
    described = BUILT_IN if path is None else (yaml.safe_load(path.read_text()) or {}).get("pools")
    if not isinstance(described, list) or not described:
        raise ValueError(f"{path}: write a list of node pools under the key `pools`")
    return [_pool(each, str(path or "the built-in pools")) for each in described]


def _pool(described: dict[str, Any], where: str) -> Pool:
    missing = [key for key in ("name", "count", "cpu", "memory") if key not in described]
    if missing:
        raise ValueError(f"{where}: a pool lacks {', '.join(missing)}")
    amounts = {"cpu": described["cpu"], "memory": described["memory"], "pods": described.get("pods", MAX_PODS)}
    amounts |= {"ephemeral-storage": described.get("ephemeral-storage", "500Gi"), **(described.get("resources") or {})}
    try:
        capacity = {name: canonical(str(amount)) for name, amount in amounts.items()}
        allocatable = {name: _left(amount, (described.get("reserved") or {}).get(name)) for name, amount in capacity.items()}
    except QuantityError as error:
        raise ValueError(f"{where}: pool {described['name']}: {error}") from error
    labels = {key: str(value) for key, value in (described.get("labels") or {}).items()}
    return Pool(described["name"], int(described["count"]), capacity, allocatable, labels, list(described.get("taints") or []))


def _left(amount: str, reserved: Any) -> str:
    if reserved is None:
        return amount
    return render(parse(amount) - parse(str(reserved)), binary=amount.endswith("i"))
