"""DELETE of an object or a collection: preconditions, finalizers, propagation, the grace of pods, namespaces that go in steps."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.admission.lifecycle import check_mortal
from sandbox.api.cluster import Cluster, timestamp
from sandbox.api.options import write_options
from sandbox.api.propagation import finalizers_for, read_propagation
from sandbox.api.reads import chooser
from sandbox.api.request import Request, Response, Target, answer
from sandbox.kinds.errors import StatusError, bad_request, details_of, not_found
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind, kind_named
from sandbox.schema.decode import clone
from sandbox.storage.encoding import encode
from sandbox.storage.stored import Stored

# Kinds whose removal is answered with the object and not with a Status.
RETURNED = frozenset({"PersistentVolume", "PersistentVolumeClaim", "Pod", "ResourceQuota", "ServiceAccount", "StorageClass"})


def delete(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response:
    """DELETE of one object."""
    options = _options(request, kind)
    stored = cluster.store.get(kind, target.namespace, target.name)
    if stored is None:
        raise not_found(kind, target.name)
    check_mortal(kind, target.name)
    check_preconditions(stored, options.get("preconditions") or {})
    last, is_gone = _remove(cluster, stored, options)
    if not is_gone or kind.built_in in RETURNED:
        return Response(200, last.full)
    details = {**details_of(kind, target.name), "uid": stored.value["metadata"]["uid"]}
    return answer(200, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})


def delete_collection(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response:
    """DELETE of every object that the selectors choose; answers with what was chosen."""
    options, chooses = _options(request, kind), chooser(request, kind)
    space = target.namespace if kind.namespaced and target.namespace else None
    chosen = [each for each in cluster.store.items(kind, space) if chooses(each)]
    for stored in chosen:
        _remove(cluster, stored, options)
    head = encode({"kind": kind.list_name, "apiVersion": kind.api_version, "metadata": {"resourceVersion": str(cluster.store.version)}})
    return Response(200, head[:-1] + b',"items":[' + b",".join(each.item for each in chosen) + b"]}")


def _remove(cluster: Cluster, stored: Stored, options: dict[str, Any]) -> tuple[Stored, bool]:
    finalizers = finalizers_for(stored, options)
    return _take(cluster, stored, options.get("gracePeriodSeconds"), dry_run=bool(options.get("dryRun")), finalizers=finalizers)


def remove(cluster: Cluster, stored: Stored, *, grace: int | None = None, dry_run: bool = False) -> Stored | None:
    """Remove an object, or mark it as being deleted and return it so when something still holds it."""
    last, is_gone = _take(cluster, stored, grace, dry_run=dry_run)
    return None if is_gone else last


def _take(
    cluster: Cluster, stored: Stored, grace: int | None, *, dry_run: bool, finalizers: list[str] | None = None
) -> tuple[Stored, bool]:
    """What is left of an object or was last there, and whether it is gone; `finalizers` replaces its own."""
    seconds = _grace(stored, grace)
    kept = stored.value["metadata"].get("finalizers") or [] if finalizers is None else finalizers
    is_gone = not (seconds or kept or _is_active_namespace(stored))
    # A pod is marked before it goes, even at once; watches see both.
    last = stored if is_gone and stored.kind.built_in != "Pod" else _mark(cluster, stored, seconds, kept, dry_run=dry_run)
    if is_gone and not dry_run:
        cluster.store.remove(last)
    return last, is_gone


def _mark(cluster: Cluster, stored: Stored, seconds: int, finalizers: list[str], *, dry_run: bool) -> Stored:
    marked = _marked(stored, seconds, finalizers)
    if marked == stored.value:
        return stored
    return Stored(stored.kind, marked, cluster.store.version) if dry_run else cluster.store.put(stored.kind, marked)


def _marked(stored: Stored, seconds: int, finalizers: list[str]) -> Object:
    value: Object = clone(stored.value)
    metadata = value["metadata"]
    metadata.pop("finalizers", None)
    if finalizers:
        metadata["finalizers"] = finalizers
    if "deletionTimestamp" not in metadata or seconds < metadata.get("deletionGracePeriodSeconds", 0):
        end = datetime.now(UTC) + timedelta(seconds=seconds)
        metadata["deletionTimestamp"] = end.strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else timestamp()
        metadata["deletionGracePeriodSeconds"] = seconds
        if stored.kind.generation:
            metadata["generation"] = metadata.get("generation", 1) + 1
    if stored.kind == kind_named("Namespace"):
        metadata.pop("deletionGracePeriodSeconds", None)
        value.setdefault("status", {})["phase"] = "Terminating"
    return value


def _grace(stored: Stored, wanted: int | None) -> int:
    """Only a pod that a node runs gets a grace period; the node's last delete says 0."""
    value = stored.value
    if stored.kind.built_in != "Pod" or not value["spec"].get("nodeName"):
        return 0
    if (value.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
        return 0
    own: int = value["spec"].get("terminationGracePeriodSeconds", 30)
    seconds = own if wanted is None else wanted
    if "deletionTimestamp" in value["metadata"]:
        seconds = min(seconds, value["metadata"].get("deletionGracePeriodSeconds", 0)) if wanted is not None else own
    return 1 if seconds < 0 else seconds


def _is_active_namespace(stored: Stored) -> bool:
    return stored.kind == kind_named("Namespace") and bool((stored.value.get("spec") or {}).get("finalizers"))


def _options(request: Request, kind: Kind) -> dict[str, Any]:
    options: dict[str, Any] = request.json() if request.body else {}
    if not isinstance(options, dict):
        raise bad_request("the DeleteOptions must be an object")
    if request.option("gracePeriodSeconds"):
        options["gracePeriodSeconds"] = int(request.option("gracePeriodSeconds"))
    read_propagation(request, kind, options)
    if options.get("dryRun"):
        request.query["dryRun"] = list(options["dryRun"])
    options["dryRun"] = write_options(request, "DeleteOptions").dry_run
    return options


def check_preconditions(stored: Stored, wanted: dict[str, str]) -> None:
    """Raise 409 if the object is not the one, or not the version, that the caller means."""
    own = stored.value["metadata"]
    for key, label, why in (
        ("uid", "UID", "The object might have been deleted and then recreated"),
        ("resourceVersion", "ResourceVersion", "The object might have been modified"),
    ):
        if wanted.get(key) and wanted[key] != own[key]:
            text = f"the {label} in the precondition ({wanted[key]}) does not match the {label} in record ({own[key]}). {why}"
            kind = stored.kind
            details = details_of(kind, stored.name, by_kind=True)
            qualified = f"{kind.name}.{kind.group}" if kind.group else kind.name
            raise StatusError(409, "Conflict", f'Operation cannot be fulfilled on {qualified} "{stored.name}": {text}', details)
