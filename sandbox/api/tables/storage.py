"""Tables of volumes, claims and StorageClasses."""

from datetime import datetime
from typing import Any

from sandbox.api.tables.ages import age
from sandbox.api.tables.columns import Printer, columns
from sandbox.kinds.rules import Object

MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
DEFAULT_CLASS = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")
OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
UNSET = "<unset>"


def _modes(modes: list[str] | None) -> str:
    return ",".join(short for mode, short in MODES.items() if mode in (modes or []))


def _class(value: Object, spec: Object) -> str:
    return str((value["metadata"].get("annotations") or {}).get(OLD_CLASS) or spec.get("storageClassName") or "")


def _phase(value: Object) -> str:
    return "Terminating" if "deletionTimestamp" in value["metadata"] else str((value.get("status") or {}).get("phase", ""))


def _volume(value: Object, now: datetime) -> list[Any]:
    spec, status = value.get("spec") or {}, value.get("status") or {}
    claim = spec.get("claimRef") or {}
    owner = f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else ""
    row = [value["metadata"]["name"], (spec.get("capacity") or {}).get("storage", ""), _modes(spec.get("accessModes"))]
    row += [spec.get("persistentVolumeReclaimPolicy", ""), _phase(value), owner, _class(value, spec)]
    return [*row, spec.get("volumeAttributesClassName", UNSET), status.get("reason", ""), age(value, now), spec.get("volumeMode", UNSET)]


def _claim(value: Object, now: datetime) -> list[Any]:
    spec, status = value.get("spec") or {}, value.get("status") or {}
    bound = bool(spec.get("volumeName"))
    capacity = (status.get("capacity") or {}).get("storage", "0") if bound else ""
    modes = _modes(status.get("accessModes")) if bound else ""
    row = [value["metadata"]["name"], _phase(value), spec.get("volumeName", ""), capacity, modes, _class(value, spec)]
    return [*row, spec.get("volumeAttributesClassName", UNSET), age(value, now), spec.get("volumeMode", UNSET)]


def _storage_class(value: Object, now: datetime) -> list[Any]:
    notes = value["metadata"].get("annotations") or {}
    name = value["metadata"]["name"] + (" (default)" if any(notes.get(each) == "true" for each in DEFAULT_CLASS) else "")
    mode = value.get("volumeBindingMode", UNSET)
    return [
        name,
        value["provisioner"],
        value.get("reclaimPolicy", "Delete"),
        mode,
        value.get("allowVolumeExpansion", False),
        age(value, now),
    ]


VOLUME = Printer(
    columns(
        "Name, Capacity, Access Modes, Reclaim Policy, Status, Claim, StorageClass, VolumeAttributesClass, Reason, Age, VolumeMode+",
    ),
    _volume,
)
CLAIM = Printer(
    columns("Name, Status, Volume, Capacity, Access Modes, StorageClass, VolumeAttributesClass, Age, VolumeMode+"),
    _claim,
)
STORAGE_CLASS = Printer(columns("Name, Provisioner, ReclaimPolicy, VolumeBindingMode, AllowVolumeExpansion, Age"), _storage_class)
