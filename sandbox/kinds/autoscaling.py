"""HorizontalPodAutoscaler: defaults and checks."""

from copy import deepcopy
from typing import Any

from sandbox.kinds.errors import Cause, bad_value, required
from sandbox.kinds.rules import Object, Rules

METRICS = [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}]
BEHAVIOR: dict[str, dict[str, Any]] = {
    "scaleUp": {
        "stabilizationWindowSeconds": 0,
        "selectPolicy": "Max",
        "policies": [{"type": "Pods", "value": 4, "periodSeconds": 15}, {"type": "Percent", "value": 100, "periodSeconds": 15}],
    },
    "scaleDown": {"selectPolicy": "Max", "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}]},
}


def _default(autoscaler: Object) -> None:
    spec = autoscaler.setdefault("spec", {})
    spec.setdefault("minReplicas", 1)
    if not spec.get("metrics"):
        spec["metrics"] = deepcopy(METRICS)
    if spec.get("behavior"):
        for side, defaults in BEHAVIOR.items():
            spec["behavior"][side] = {**deepcopy(defaults), **(spec["behavior"].get(side) or {})}


def _validate(autoscaler: Object) -> list[Cause]:
    spec = autoscaler["spec"]
    least, most, target = spec["minReplicas"], spec.get("maxReplicas", 0), spec.get("scaleTargetRef") or {}
    causes = [required(f"spec.scaleTargetRef.{key}") for key in ("kind", "name") if not target.get(key)]
    if least < 1:
        causes.append(bad_value("spec.minReplicas", least, "must be greater than or equal to 1"))
    if most < 1:
        causes.append(bad_value("spec.maxReplicas", most, "must be greater than 0"))
    if most < least:
        causes.append(bad_value("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"))
    return causes


AUTOSCALER = Rules(_default, _validate)
