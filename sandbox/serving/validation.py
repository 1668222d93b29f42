"""The rules of KServe's admission webhook for what the schema cannot say; the controller stands in for it. Pure functions."""

from sandbox.serving.config import KNATIVE
from sandbox.serving.names import Object
from sandbox.serving.predictors import SCALING
from sandbox.serving.problems import INVALID_SPEC, SpecProblem

# A canary may say how many pods it has, and no more.
FORBIDDEN = tuple(key for key in SCALING if key != "minReplicas")
LONGEST_NAME = 63


def check(service: Object, mode: str) -> None:
    """Raise SpecProblem with the first rule that a spec breaks."""
    spec, canaries = service["spec"], service["spec"].get("canary") or []
    if canaries and mode == KNATIVE:
        raise SpecProblem(INVALID_SPEC, "spec.canary is supported in Standard mode only: use canaryTrafficPercent in Knative mode")
    if canaries and spec["predictor"].get("canaryTrafficPercent") is not None:
        raise SpecProblem(INVALID_SPEC, "spec.canary and canaryTrafficPercent cannot be used together")
    names = [(each.get("predictor") or {}).get("name") or "" for each in canaries]
    for number, each in enumerate(canaries):
        _check_canary(service, number, each.get("predictor") or {})
    if len(set(names)) < len(names) or (spec["predictor"].get("name") or "") in names:
        raise SpecProblem(INVALID_SPEC, "spec.canary: names must be unique, and other than that of the stable predictor")
    if (total := sum(int(each.get("trafficPercent") or 0) for each in canaries)) > 100:
        raise SpecProblem(INVALID_SPEC, f"spec.canary: the shares add up to {total} %, and can at most to 100 %")


def _check_canary(service: Object, number: int, predictor: Object) -> None:
    where = f"spec.canary[{number}].predictor"
    if not predictor.get("name"):
        raise SpecProblem(INVALID_SPEC, f"{where}.name is required")
    if found := [key for key in FORBIDDEN if predictor.get(key) is not None]:
        raise SpecProblem(INVALID_SPEC, f"{where}: a canary does not scale by itself: leave out {', '.join(found)}")
    if len(f"{service['metadata']['name']}-{predictor['name']}-predictor") > LONGEST_NAME:
        raise SpecProblem(INVALID_SPEC, f"{where}.name: the name of its Deployment would be longer than {LONGEST_NAME} letters")
