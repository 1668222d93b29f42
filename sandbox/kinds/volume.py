"""PersistentVolumeClaim: checks, and the fields that are fixed once it is there."""

from typing import Any

from sandbox.kinds.errors import Cause, bad_value, required, unsupported
from sandbox.kinds.rules import Object, Rules
from sandbox.schema.quantities import parse

MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
FIXED = "Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"


def _default(claim: Object) -> None:
    claim.setdefault("spec", {}).setdefault("volumeMode", "Filesystem")


def _validate(claim: Object) -> list[Cause]:
    spec = claim["spec"]
    modes = spec.get("accessModes") or []
    causes = [] if modes else [required("spec.accessModes", "at least 1 access mode is required")]
    causes += [unsupported("spec.accessModes", mode, MODES) for mode in modes if mode not in MODES]
    storage = _requested(spec)
    if storage is None:
        return [*causes, required("spec.resources[storage]")]
    if parse(storage) <= 0:
        causes.append(bad_value("spec.resources[storage]", storage, "must be greater than zero"))
    return causes


def _validate_update(new: Object, old: Object) -> list[Cause]:
    if _fixed_part(new["spec"]) != _fixed_part(old["spec"]):
        return [Cause("spec", FIXED, "FieldValueForbidden")]
    before, after = _requested(old["spec"]), _requested(new["spec"])
    if before and after and parse(after) < parse(before):
        return [Cause("spec.resources.requests.storage", "Forbidden: field can not be less than previous value", "FieldValueForbidden")]
    return []


def _requested(spec: dict[str, Any]) -> str | None:
    amount: str | None = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    return amount


def _fixed_part(spec: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in spec.items() if key not in ("resources", "volumeName", "volumeAttributesClassName")}


CLAIM = Rules(_default, _validate, _validate_update, initial_status=lambda claim: {"phase": "Pending"})
