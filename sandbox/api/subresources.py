"""Subresources that are no second view of the object: binding, token, eviction, finalize."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.api.bodies import read_object
from sandbox.api.cluster import Cluster, timestamp
from sandbox.api.evictions import evict
from sandbox.api.options import default_manager, write_options
from sandbox.api.request import APPLY, Request, Response, Target, answer
from sandbox.api.saving import save_update
from sandbox.api.scaling import scale
from sandbox.kinds.errors import StatusError, bad_request, conflict, method_not_allowed, no_such_resource, not_found
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind, kind_named
from sandbox.ownership.managers import Writer
from sandbox.schema.decode import clone
from sandbox.storage.stored import Stored

SHORTEST, LONGEST, DEFAULT_SECONDS = 600, 1 << 32, 3600
# What the query parameters of a call are called in errors.
OPTIONS = {"POST": "CreateOptions", "PUT": "UpdateOptions", "PATCH": "PatchOptions"}
BINDABLE = ("Pod", "Secret")
Handler = Callable[[Cluster, Request, Target, Stored], Response]


def call_subresource(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response:
    """Dispatch by name; 404 for one that the kind does not have."""
    if target.subresource not in kind.subresources:
        raise no_such_resource()
    method, handler = HANDLERS[target.subresource]
    if request.method not in method:
        raise method_not_allowed()
    if request.method in OPTIONS:
        write_options(request, OPTIONS[request.method], is_apply=request.content_type == APPLY)
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
    uid, bound = stored.value["metadata"]["uid"], _bound(cluster, stored, spec.get("boundObjectRef"))
    token, expires = cluster.tokens.sign(target.namespace, target.name, uid, audiences=audiences, seconds=seconds, bound=bound)
    status = {"token": token, "expirationTimestamp": _at(expires)}
    metadata = {"name": target.name, "namespace": target.namespace, "creationTimestamp": timestamp()}
    shown = {**spec, "audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": spec.get("boundObjectRef")}
    return answer(
        201, {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "metadata": metadata, "spec": shown, "status": status}
    )


def _bound(cluster: Cluster, account: Stored, reference: dict[str, str] | None) -> dict[str, Any]:
    """The claim of a token that lives as long as a pod or a secret; raises 400, 404 or 409 if it cannot be bound to that."""
    if not reference:
        return {}
    kind, name, uid = reference.get("kind", ""), reference.get("name", ""), reference.get("uid", "")
    if kind not in BINDABLE:
        raise bad_request(f"cannot bind token to object of type {reference.get('apiVersion', 'v1')}, Kind={kind}")
    found = cluster.store.get(kind_named(kind), account.namespace, name)
    if found is None:
        raise not_found(kind_named(kind), name)
    own = found.value["metadata"]["uid"]
    if uid and uid != own:
        why = f"the UID in the bound object reference ({uid}) does not match the UID in record"
        raise conflict(kind_named(kind), name, f"{why}. The object might have been deleted and then recreated")
    if kind == "Pod" and found.value["spec"].get("serviceAccountName") != account.name:
        raise bad_request(f'cannot bind token for serviceaccount "{account.name}" to pod running with different serviceaccount name.')
    return {kind.lower(): {"name": name, "uid": own}}


def _at(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _bad_duration(stored: Stored, seconds: int, why: str) -> StatusError:
    message = f"Invalid value: {seconds}: {why}"
    details = {"name": stored.name, "group": "authentication.k8s.io", "kind": "TokenRequest"}
    cause = {"reason": "FieldValueInvalid", "message": message, "field": "spec.expirationSeconds"}
    text = f'TokenRequest.authentication.k8s.io "{stored.name}" is invalid: spec.expirationSeconds: {message}'
    return StatusError(422, "Invalid", text, {**details, "causes": [cause]})


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
    "eviction": (("POST",), evict),
    "scale": (("GET", "PUT", "PATCH"), scale),
    "finalize": (("PUT",), _finalize),
}
