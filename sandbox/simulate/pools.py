"""The node pools to simulate: a small YAML file, or the built-in ones."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sandbox.schema.quantities import QuantityError, canonical

SIMULATED = "sandbox.slipway.dev/simulated"
POOL = "sandbox.slipway.dev/pool"
KUBELET_VERSION = "v1.34.0+slipway-simulated"
MAX_PODS = "110"
DEFAULT: list[dict[str, Any]] = [
    {"name": "cpu", "count": 2, "cpu": "32", "memory": "128Gi"},
    {
        "name": "h100",
        "count": 2,
        "cpu": "96",
        "memory": "1Ti",
        "resources": {"nvidia.com/gpu": "8"},
        "labels": {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3", "nvidia.com/gpu.count": "8", "nvidia.com/gpu.memory": "81559"},
    },
    {
        "name": "a100",
        "count": 1,
        "cpu": "48",
        "memory": "512Gi",
        "resources": {"nvidia.com/gpu": "4"},
        "labels": {"nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB", "nvidia.com/gpu.count": "4", "nvidia.com/gpu.memory": "81920"},
    },
]


@dataclass(frozen=True)
class Pool:
    """Equal nodes."""

    name: str
    count: int
    allocatable: dict[str, str]
    labels: dict[str, str] = field(default_factory=dict)
    taints: list[dict[str, str]] = field(default_factory=list)

    def node_names(self) -> list[str]:
        """`sandbox-<pool>-<number>`."""
        return [f"sandbox-{self.name}-{number}" for number in range(1, self.count + 1)]


def load_pools(path: Path | None) -> list[Pool]:
    """Read `pools:` from a YAML file, or take the built-in ones; raises ValueError naming what is wrong."""
    described = DEFAULT if path is None else (yaml.safe_load(path.read_text()) or {}).get("pools")
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
        allocatable = {name: canonical(str(amount)) for name, amount in amounts.items()}
    except QuantityError as error:
        raise ValueError(f"{where}: pool {described['name']}: {error}") from error
    labels = {key: str(value) for key, value in (described.get("labels") or {}).items()}
    return Pool(described["name"], int(described["count"]), allocatable, labels, list(described.get("taints") or []))
