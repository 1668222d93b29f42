"""Pod: defaults, checks, the few fields that may change, the status it starts with."""

from sandbox.kinds.errors import Cause
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


def _validate(pod: Object) -> list[Cause]:
    return check_pod_spec(pod["spec"], "spec")


def _validate_update(new: Object, old: Object) -> list[Cause]:
    if _fixed_part(new) != _fixed_part(old):
        return [Cause("spec", FORBIDDEN, "FieldValueForbidden")]
    before, after = old["spec"].get("tolerations") or [], new["spec"].get("tolerations") or []
    if any(toleration not in after for toleration in before):
        return [
            Cause(
                "spec.tolerations", "Forbidden: existing toleration can not be modified except its tolerationSeconds", "FieldValueForbidden"
            )
        ]
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
