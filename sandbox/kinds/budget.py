"""PodDisruptionBudget: one of two bounds."""

from sandbox.kinds.errors import Cause, bad_value
from sandbox.kinds.rules import Object, Rules

PERCENT = (
    "a valid percent string must be a numeric string followed by an ending '%' "
    "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
)
BOTH = "minAvailable and maxUnavailable cannot be both set"


def _validate(budget: Object) -> list[Cause]:
    spec = budget.get("spec") or {}
    if "minAvailable" in spec and "maxUnavailable" in spec:
        return [bad_value("spec", "minAvailable, maxUnavailable", BOTH)]
    causes = []
    for key in ("minAvailable", "maxUnavailable"):
        value = spec.get(key)
        if isinstance(value, int) and value < 0:
            causes.append(bad_value(f"spec.{key}", value, "must be greater than or equal to 0"))
        if isinstance(value, str) and not (value.endswith("%") and value[:-1].isdigit()):
            causes.append(bad_value(f"spec.{key}", value, PERCENT))
        elif isinstance(value, str) and int(value[:-1]) > 100:
            causes.append(bad_value(f"spec.{key}", value, "must not be greater than 100%"))
    return causes


def _initial_status(budget: Object) -> Object:
    return {"currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0}


POD_DISRUPTION_BUDGET = Rules(validate=_validate, initial_status=_initial_status)
