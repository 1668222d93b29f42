"""Claims and volumes stay while they are used; a claim without a class gets the default one; only some classes let claims grow."""

from sandbox.kinds.errors import forbidden
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind, kind_named
from sandbox.schema.quantities import parse
from sandbox.storage.store import Store

PROTECTION = {"PersistentVolumeClaim": "kubernetes.io/pvc-protection", "PersistentVolume": "kubernetes.io/pv-protection"}
MARKS = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")


def protect(kind: Kind, value: Object) -> None:
    """Let a new claim or volume not go while it is in use: controllers take the finalizer away."""
    finalizers = value["metadata"].setdefault("finalizers", [])
    if PROTECTION[kind.built_in] not in finalizers:
        finalizers.append(PROTECTION[kind.built_in])


def default_class(store: Store, claim: Object) -> None:
    """Set storageClassName in place, to the newest of several defaults."""
    if claim["spec"].get("storageClassName") is not None:
        return
    classes = [stored.value["metadata"] for stored in store.items(kind_named("StorageClass"))]
    defaults = [each for each in classes if any((each.get("annotations") or {}).get(mark) == "true" for mark in MARKS)]
    if defaults:
        # Of equal age the first by name.
        newest = max(each["creationTimestamp"] for each in defaults)
        claim["spec"]["storageClassName"] = min(each["name"] for each in defaults if each["creationTimestamp"] == newest)


def check_growth(store: Store, claim: Object, before: Object) -> None:
    """Raise 403 for a claim that asks for more than it did, unless its class lets claims grow."""
    new, old = (parse(((each["spec"].get("resources") or {}).get("requests") or {}).get("storage", "0")) for each in (claim, before))
    found = store.get(kind_named("StorageClass"), "", before["spec"].get("storageClassName") or "")
    if new > old and not (found and found.value.get("allowVolumeExpansion")):
        why = "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"
        raise forbidden(kind_named("PersistentVolumeClaim"), claim["metadata"]["name"], why)
