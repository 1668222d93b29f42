"""Subresources that are no second view of the object: binding, token, eviction, scale, finalize."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.api.bodies import read_object
from sandbox.api.cluster import Cluster, timestamp
from sandbox.api.deletes import remove
from sandbox.api.options import default_manager, write_options
from sandbox.api.request import Request, Response, Target, answer
from sandbox.api.saving import save_update
from sandbox.kinds.errors import StatusError, bad_request, conflict, method_not_allowed, no_such_resource, not_found
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind
from sandbox.ownership.managers import Writer
from sandbox.schema.decode import clone
from sandbox.storage.stored import Stored

SHORTEST, LONGEST, DEFAULT_SECONDS = 600, 1 << 32, 3600
Handler = Callable[[Cluster, Request, Target, Stored], Response]


def call_subresource(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response:
    """Dispatch by name; 404 for one that the kind does not have."""
    if target.subresource not in kind.subresources:
        raise no_such_resource()
    method, handler = HANDLERS[target.subresource]
    if request.method not in method:
        raise method_not_allowed()
    stored = cluster.store.get(kind, target.namespace, target.name)
    if stored is None:
        raise not_found(kind, target.name)
    return handler(cluster, request, target, stored)


def _bind(cluster: Cluster, request: Request, target: Target, stored: Stored) -> Response:
    options, body = write_options(request, "CreateOptions"), request.json()
    node = (body.get("target") or {}).get("name")
    if not node:
        raise bad_request("Binding target.name: Required value")
    if stored.value["spec"].get("nodeName"):
        raise conflict(stored.kind, stored.name, f'pod {stored.name} is already assigned to node "{stored.value["spec"]["nodeName"]}"')
    if "deletionTimestamp" in stored.value["metadata"]:
        raise conflict(stored.kind, stored.name, f"pod {stored.name} is being deleted, cannot be assigned to a host")
    value: Object = clone(stored.value)
    value["spec"]["nodeName"] = node
    status = value.setdefault("status", {})
    conditions = [each for each in status.get("conditions") or [] if each["type"] != "PodScheduled"]
    scheduled = {"type": "PodScheduled", "status": "True", "lastProbeTime": None, "lastTransitionTime": timestamp()}
    status["conditions"] = [*conditions, scheduled]
    if not options.dry_run:
        cluster.store.put(stored.kind, value)
    return answer(201, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201})


def _token(cluster: Cluster, request: Request, target: Target, stored: Stored) -> Response:
    body = request.json() or {}
    spec = body.get("spec") or {}
    seconds = int(spec.get("expirationSeconds") or DEFAULT_SECONDS)
    if not SHORTEST <= seconds <= LONGEST:
        why = (
            "may not specify a duration less than 10 minutes"
            if seconds < SHORTEST
            else "may not specify a duration larger than 2^32 seconds"
        )
        raise _bad_duration(stored, seconds, why)
    audiences = spec.get("audiences") or ["https://kubernetes.default.svc"]
    uid, bound = stored.value["metadata"]["uid"], _bound(spec.get("boundObjectRef"))
    token, expires = cluster.tokens.sign(target.namespace, target.name, uid, audiences=audiences, seconds=seconds, bound=bound)
    status = {"token": token, "expirationTimestamp": _at(expires)}
    metadata = {"name": target.name, "namespace": target.namespace, "creationTimestamp": timestamp()}
    shown = {**spec, "audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": spec.get("boundObjectRef")}
    return answer(
        201, {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "metadata": metadata, "spec": shown, "status": status}
    )


def _bound(reference: dict[str, str] | None) -> dict[str, Any]:
    if not reference:
        return {}
    return {reference["kind"].lower(): {"name": reference["name"], "uid": reference.get("uid", "")}}


def _at(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _bad_duration(stored: Stored, seconds: int, why: str) -> StatusError:
    message = f"Invalid value: {seconds}: {why}"
    details = {"name": stored.name, "group": "authentication.k8s.io", "kind": "TokenRequest"}
    cause = {"reason": "FieldValueInvalid", "message": message, "field": "spec.expirationSeconds"}
    text = f'TokenRequest.authentication.k8s.io "{stored.name}" is invalid: spec.expirationSeconds: {message}'
    return StatusError(422, "Invalid", text, {**details, "causes": [cause]})


def _evict(cluster: Cluster, request: Request, target: Target, stored: Stored) -> Response:
    body = request.json() or {}
    grace = (body.get("deleteOptions") or {}).get("gracePeriodSeconds")
    remove(cluster, stored, grace=grace, dry_run=write_options(request, "CreateOptions").dry_run)
    return answer(201, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201})


def _scale(cluster: Cluster, request: Request, target: Target, stored: Stored) -> Response:
    if request.method != "GET":
        body, value = request.json(), clone(stored.value)
        replicas = (body.get("spec") or {}).get("replicas")
        if not isinstance(replicas, int):
            raise bad_request("Scale: spec.replicas must be a whole number")
        value["spec"]["replicas"] = replicas
        options = write_options(request, "UpdateOptions")
        writer = Writer(options.manager, stored.kind.api_version, "scale", timestamp())
        stored = save_update(cluster, request.user, stored, value, writer, dry_run=options.dry_run)
    return answer(200, _scale_of(stored))


def _scale_of(stored: Stored) -> dict[str, Any]:
    metadata = {key: stored.value["metadata"][key] for key in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")}
    labels = (stored.value["spec"].get("selector") or {}).get("matchLabels") or {}
    status = {
        "replicas": (stored.value.get("status") or {}).get("replicas", 0),
        "selector": ",".join(f"{k}={v}" for k, v in labels.items()),
    }
    replicas = stored.value["spec"].get("replicas", 0)
    spec = {"replicas": replicas} if replicas else {}
    return {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": spec, "status": status}


def _finalize(cluster: Cluster, request: Request, target: Target, stored: Stored) -> Response:
    options = write_options(request, "UpdateOptions")
    sent = read_object(request, target, stored.kind, options)
    value: Object = clone(stored.value)
    value["spec"] = {key: item for key, item in (sent.get("spec") or {}).items() if item}
    writer = Writer(default_manager(request), stored.kind.api_version, "finalize", timestamp())
    return Response(200, save_update(cluster, request.user, stored, value, writer, dry_run=options.dry_run).full)


HANDLERS: dict[str, tuple[tuple[str, ...], Handler]] = {
    "binding": (("POST",), _bind),
    "token": (("POST",), _token),
    "eviction": (("POST",), _evict),
    "scale": (("GET", "PUT", "PATCH"), _scale),
    "finalize": (("PUT",), _finalize),
}
