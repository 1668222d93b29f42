"""How KServe makes a canary's predictor: the entry's fields laid over a copy of the stable one's, as its Go library merges structures."""

import copy
from typing import Any

AUTOSCALING = ("maxReplicas", "scaleTarget", "scaleMetric", "autoScaling", "deploymentStrategy", "minReplicas")


def laid_over(stable: dict[str, Any], canary: dict[str, Any]) -> dict[str, Any]:
    """Structures and maps are merged key by key, a list takes the other's place, and what is empty in the canary changes nothing."""
    merged = copy.deepcopy(stable)
    for key, value in canary.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = laid_over(merged[key], value)
        elif value or key not in merged:
            merged[key] = copy.deepcopy(value)
    return merged


def pods_of(predictor: dict[str, Any]) -> dict[str, Any]:
    """A predictor without what says how many pods there are and how they are exchanged: all that is left is in the pods."""
    left = {key: value for key, value in copy.deepcopy(predictor).items() if key not in AUTOSCALING}
    left.get("model", {}).pop("name", None)
    for amounts in left.get("model", {}).get("resources", {}).values():
        # No cards and a nought of cards are the same to every pod.
        for name in [name for name, amount in amounts.items() if amount == "0"]:
            del amounts[name]
    return left
