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
    before, after = old["spec"], new["spec"]
    causes = [] if _put_back(after, before, old) == _put_back(before, before, old) else [Cause("spec", FIXED, "FieldValueForbidden")]
    if parse(_requested(after) or "0") < parse(_requested(before) or "0"):
        why = "Forbidden: field can not be less than previous value"
        causes.append(Cause("spec.resources.requests.storage", why, "FieldValueForbidden"))
    if after.get("volumeMode") != before.get("volumeMode"):
        causes.append(bad_value("volumeMode", after.get("volumeMode"), "field is immutable"))
    return causes


def _requested(spec: dict[str, Any]) -> str | None:
    amount: str | None = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    return amount


def _put_back(spec: dict[str, Any], before: dict[str, Any], old: Object) -> dict[str, Any]:
    """The spec without what may be changed: the volume's name until there is one; of a bound claim its size and its class of attributes."""
    is_bound = (old.get("status") or {}).get("phase") == "Bound"
    free = ([] if before.get("volumeName") else ["volumeName"]) + (["volumeAttributesClassName"] if is_bound else [])
    kept = {key: value for key, value in spec.items() if key not in free}
    if is_bound:
        resources = spec.get("resources") or {}
        kept["resources"] = {**resources, "requests": {**(resources.get("requests") or {}), "storage": None}}
    return kept


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
