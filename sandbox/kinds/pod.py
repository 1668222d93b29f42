"""Pod: defaults, checks, the few fields that may change, the status it starts with."""

from sandbox.kinds.errors import Cause, bad_value
from sandbox.kinds.pod_defaults import default_pod_spec, qos_class
from sandbox.kinds.pod_spec import check_pod_spec
from sandbox.kinds.rules import Object, Rules
from sandbox.schema.decode import clone

FORBIDDEN = (
    "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def _default(pod: Object) -> None:
    spec = pod.setdefault("spec", {})
    default_pod_spec(spec)
    spec.setdefault("enableServiceLinks", True)
    # On its node's network a port is the node's.
    for container in [*(spec.get("containers") or []), *(spec.get("initContainers") or [])] if spec.get("hostNetwork") else []:
        for port in container.get("ports") or []:
            port.setdefault("hostPort", port.get("containerPort", 0))


def _validate(pod: Object) -> list[Cause]:
    return check_pod_spec(pod["spec"], "spec")


def _validate_update(new: Object, old: Object) -> list[Cause]:
    for part in ("containers", "initContainers"):
        if len(new["spec"].get(part) or []) != len(old["spec"].get(part) or []):
            return [Cause(f"spec.{part}", "Forbidden: pod updates may not add or remove containers", "FieldValueForbidden")]
    deadline, before = (each["spec"].get("activeDeadlineSeconds") for each in (new, old))
    if deadline and before and deadline > before:
        return [bad_value("spec.activeDeadlineSeconds", deadline, "must be less than or equal to previous value")]
    causes: list[Cause] = []
    if before and not deadline:
        causes.append(bad_value("spec.activeDeadlineSeconds", "null", "must not update from a positive integer to nil value"))
    causes += _tolerations(new["spec"].get("tolerations") or [], old["spec"].get("tolerations") or [])
    if _fixed_part(new) != _fixed_part(old):
        causes.append(Cause("spec", FORBIDDEN, "FieldValueForbidden"))
    return causes


def _tolerations(new: list[Object], old: list[Object]) -> list[Cause]:
    """There may be more of them, and those that are there may hold for another time."""
    lasting = [{key: item for key, item in each.items() if key != "tolerationSeconds"} for each in new]
    for each in old:
        if {key: item for key, item in each.items() if key != "tolerationSeconds"} not in lasting:
            why = "Forbidden: existing toleration can not be modified except its tolerationSeconds"
            return [Cause("spec.tolerations", why, "FieldValueForbidden")]
    return []


def _fixed_part(pod: Object) -> Object:
    spec: Object = clone(pod["spec"])
    for container in [*(spec.get("containers") or []), *(spec.get("initContainers") or [])]:
        container.pop("image", None)
    for key in ("activeDeadlineSeconds", "tolerations"):
        spec.pop(key, None)
    return spec


def _initial_status(pod: Object) -> Object:
    return {"phase": "Pending", "qosClass": qos_class(pod["spec"])}


POD = Rules(_default, _validate, _validate_update, initial_status=_initial_status)
