"""The predictors of an InferenceService: the stable one, and each canary as an overlay over it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.serving.names import Object, workload

# A canary has a fixed size: what would scale the stable one is not taken over.
SCALING = ("minReplicas", "maxReplicas", "scaleMetric", "scaleMetricType", "scaleTarget", "autoScaling", "canaryTrafficPercent")
# Fields that name a framework, from before there was `model`.
FRAMEWORKS = ("sklearn", "xgboost", "tensorflow", "pytorch", "triton", "onnx", "huggingface", "lightgbm", "pmml", "paddle")


@dataclass(frozen=True)
class Predictor:
    """One of them: `percent` is the share that is asked for, None for the stable one, which gets the rest."""

    service: str
    name: str
    spec: Object
    percent: int | None = None

    @property
    def workload(self) -> str:
        """The name of its objects."""
        return workload(self.service, self.name)

    @property
    def is_canary(self) -> bool:
        """Whether it is one."""
        return self.percent is not None

    @property
    def replicas(self) -> int:
        """How many pods at least."""
        return least(self.spec)


def least(spec: Object) -> int:
    """minReplicas, 1 without or with less: outside of Knative nothing scales to zero."""
    return max(int(spec.get("minReplicas") or 1), 1)


def stable_of(service: Object) -> Predictor:
    """The predictor of the spec."""
    spec = with_model(service["spec"]["predictor"])
    return Predictor(service["metadata"]["name"], spec.get("name") or "", spec)


def canaries_of(service: Object) -> list[Predictor]:
    """Those of spec.canary, with what they leave out taken from the stable one."""
    stable = stable_of(service)
    base = {key: value for key, value in stable.spec.items() if key not in SCALING}
    found = []
    for each in service["spec"].get("canary") or []:
        own, percent = with_model(each.get("predictor") or {}), int(each.get("trafficPercent") or 0)
        spec = overlaid(base, own)
        spec["minReplicas"] = own.get("minReplicas") or max(math.ceil(stable.replicas * percent / 100), 1)
        found.append(Predictor(stable.service, own.get("name") or "", spec, percent))
    return found


def with_model(spec: Object) -> Object:
    """The same with `model`, where it names a framework in the older way."""
    for framework in FRAMEWORKS:
        if spec.get(framework) is not None and "model" not in spec:
            model = {"modelFormat": {"name": framework}, **spec[framework]}
            return {**{key: value for key, value in spec.items() if key != framework}, "model": model}
    return spec


def overlaid(base: Any, own: Any) -> Any:
    """What `own` says, and what it leaves out or empty from `base`; maps merge, lists do not."""
    if isinstance(base, Mapping) and isinstance(own, Mapping):
        return {key: overlaid(base.get(key), own.get(key)) for key in {**base, **own}}
    return base if own is None or own == "" or own == [] or own == {} else own
