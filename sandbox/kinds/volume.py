"""PersistentVolumeClaim: checks, and the fields that are fixed once it is there; defaults of PersistentVolume and StorageClass."""

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
    is_bound = (old.get("status") or {}).get("phase") == "Bound"
    if _fixed_part(new["spec"], is_bound=is_bound) != _fixed_part(old["spec"], is_bound=is_bound):
        mode = new["spec"].get("volumeMode")
        also = [bad_value("volumeMode", mode, "field is immutable")] if mode != old["spec"].get("volumeMode") else []
        return [Cause("spec", FIXED, "FieldValueForbidden"), *also]
    before, after = _requested(old["spec"]), _requested(new["spec"])
    if before and after and parse(after) < parse(before):
        return [Cause("spec.resources.requests.storage", "Forbidden: field can not be less than previous value", "FieldValueForbidden")]
    return []


def _requested(spec: dict[str, Any]) -> str | None:
    amount: str | None = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    return amount


def _fixed_part(spec: dict[str, Any], *, is_bound: bool) -> dict[str, Any]:
    free = ("resources", "volumeName", "volumeAttributesClassName") if is_bound else ("volumeName",)
    return {key: value for key, value in spec.items() if key not in free}


def _default_volume(volume: Object) -> None:
    spec = volume.setdefault("spec", {})
    spec.setdefault("persistentVolumeReclaimPolicy", "Retain")
    spec.setdefault("volumeMode", "Filesystem")


def _default_class(storage_class: Object) -> None:
    storage_class.setdefault("reclaimPolicy", "Delete")
    storage_class.setdefault("volumeBindingMode", "Immediate")


VOLUME = Rules(_default_volume, initial_status=lambda volume: {"phase": "Pending"})
STORAGE_CLASS = Rules(_default_class)
CLAIM = Rules(_default, _validate, _validate_update, initial_status=lambda claim: {"phase": "Pending"})
