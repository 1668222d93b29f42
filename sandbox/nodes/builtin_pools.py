"""The built-in node pools, with the labels that NVIDIA's GPU feature discovery gives such nodes."""

from typing import Any


def _whole(product: str, count: int, mebibytes: int) -> dict[str, str]:
    """Labels of cards that are given out whole."""
    return {"nvidia.com/gpu.product": product, "nvidia.com/gpu.count": str(count), "nvidia.com/gpu.memory": str(mebibytes)}


def _slice(product: str, profile: str, count: int, mebibytes: int, multiprocessors: int) -> dict[str, str]:
    """Labels of MIG slices under the strategy `mixed`."""
    values = {
        "count": str(count),
        "memory": str(mebibytes),
        "multiprocessors": str(multiprocessors),
        "product": f"{product}-MIG-{profile}",
        "replicas": "1",
        "sharing-strategy": "none",
        "slices.ci": profile[0],
        "slices.gi": profile[0],
    }
    return {f"nvidia.com/mig-{profile}.{name}": value for name, value in values.items()}


H100 = "NVIDIA-H100-80GB-HBM3"
RESERVED = {"cpu": "500m", "memory": "2Gi"}
BUILT_IN: list[dict[str, Any]] = [
    {"name": "cpu", "count": 2, "cpu": "32", "memory": "128Gi"},
    {
        "name": "h100",
        "count": 2,
        "cpu": "96",
        "memory": "1Ti",
        "resources": {"nvidia.com/gpu": "8"},
        "labels": _whole(H100, 8, 81559),
    },
    {
        "name": "a100",
        "count": 1,
        "cpu": "48",
        "memory": "512Gi",
        "resources": {"nvidia.com/gpu": "4"},
        "labels": _whole("NVIDIA-A100-SXM4-80GB", 4, 81920),
    },
    # Two H100s, each cut into two small, one middle and one large slice.
    {
        "name": "mig",
        "count": 1,
        "cpu": "32",
        "memory": "256Gi",
        "reserved": RESERVED,
        "resources": {"nvidia.com/mig-1g.10gb": "4", "nvidia.com/mig-2g.20gb": "2", "nvidia.com/mig-3g.40gb": "2"},
        "labels": {
            **_whole(H100, 2, 81559),
            "nvidia.com/mig.capable": "true",
            "nvidia.com/mig.strategy": "mixed",
            "nvidia.com/mig.config": "all-balanced",
            "nvidia.com/mig.config.state": "success",
            **_slice(H100, "1g.10gb", 4, 9984, 16),
            **_slice(H100, "2g.20gb", 2, 20096, 32),
            **_slice(H100, "3g.40gb", 2, 40448, 60),
        },
        "taints": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}],
    },
    # Four replicas of each of two cards, renamed by the device plugin (renameByDefault), which leaves the product as it is.
    {
        "name": "shared",
        "count": 1,
        "cpu": "16",
        "memory": "128Gi",
        "reserved": RESERVED,
        "resources": {"nvidia.com/gpu.shared": "8"},
        "labels": {
            **_whole("NVIDIA-L4", 2, 23034),
            "nvidia.com/gpu.replicas": "4",
            "nvidia.com/gpu.sharing-strategy": "time-slicing",
        },
    },
]
