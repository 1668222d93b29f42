"""Which PersistentVolume suits a claim, and what one made for it looks like; pure functions."""

from typing import Any

from sandbox.schema.quantities import parse
from sandbox.selectors.labels import selects

Object = dict[str, Any]
PROVISIONER, DRIVER = "sandbox.slipway.dev/hostless", "sandbox.slipway.dev"
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
BOUND_BY_US, BOUND = "pv.kubernetes.io/bound-by-controller", "pv.kubernetes.io/bind-completed"
IN_USE_CLAIM, IN_USE_VOLUME = "kubernetes.io/pvc-protection", "kubernetes.io/pv-protection"


def best_volume(claim: Object, volumes: list[Object]) -> Object | None:
    """The volume that is meant for the claim, else the smallest one that suits it; None if there is none."""
    wanted = claim["spec"].get("volumeName")
    if wanted:
        return next((each for each in volumes if each["metadata"]["name"] == wanted and _is_free_for(each, claim)), None)
    meant = [each for each in volumes if each["spec"].get("claimRef") and _is_free_for(each, claim)]
    suiting = [each for each in volumes if not each["spec"].get("claimRef") and _suits(each, claim)]
    return min(meant or suiting, key=lambda each: (_size(each), each["metadata"]["name"]), default=None)


def is_meant_for(volume: Object, claim: Object) -> bool:
    """Whether the volume's claimRef names this very claim, or one of its name before it had a uid."""
    reference, metadata = volume["spec"].get("claimRef") or {}, claim["metadata"]
    same = (reference.get("namespace"), reference.get("name")) == (metadata["namespace"], metadata["name"])
    return same and reference.get("uid") in (None, "", metadata["uid"])


def reference_to(claim: Object) -> Object:
    """The claimRef of a volume."""
    identity = {"kind": "PersistentVolumeClaim", "apiVersion": "v1"}
    return identity | {key: claim["metadata"][key] for key in ("namespace", "name", "uid", "resourceVersion")}


def new_volume(claim: Object, storage_class: Object) -> Object:
    """A volume for a claim of a class of this provisioner; nothing stands behind it."""
    name, spec = f"pvc-{claim['metadata']['uid']}", claim["spec"]
    metadata = {"name": name, "annotations": {PROVISIONED_BY: PROVISIONER}, "finalizers": [IN_USE_VOLUME]}
    wanted: Object = {
        "capacity": {"storage": spec["resources"]["requests"]["storage"]},
        "accessModes": spec["accessModes"],
        "claimRef": reference_to(claim),
        "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy", "Delete"),
        "storageClassName": storage_class["metadata"]["name"],
        "volumeMode": spec.get("volumeMode", "Filesystem"),
        "csi": {"driver": DRIVER, "volumeHandle": name},
    }
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "spec": wanted}


def uses(pod: Object, claim: str) -> bool:
    """Whether a pod mounts the claim of this name in its namespace."""
    return any((each.get("persistentVolumeClaim") or {}).get("claimName") == claim for each in pod["spec"].get("volumes") or [])


def is_over(pod: Object) -> bool:
    """Whether the pod has ended."""
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


def _is_free_for(volume: Object, claim: Object) -> bool:
    if "deletionTimestamp" in volume["metadata"]:
        return False
    return not volume["spec"].get("claimRef") or is_meant_for(volume, claim)


def _suits(volume: Object, claim: Object) -> bool:
    own, wanted = volume["spec"], claim["spec"]
    if "deletionTimestamp" in volume["metadata"] or own.get("storageClassName", "") != (wanted.get("storageClassName") or ""):
        return False
    if own.get("volumeMode", "Filesystem") != wanted.get("volumeMode", "Filesystem"):
        return False
    if not set(wanted["accessModes"]) <= set(own.get("accessModes") or []):
        return False
    labels = volume["metadata"].get("labels") or {}
    return _size(volume) >= parse(wanted["resources"]["requests"]["storage"]) and selects(wanted.get("selector") or {}, labels)


def _size(volume: Object) -> Any:
    return parse((volume["spec"].get("capacity") or {}).get("storage", "0"))
