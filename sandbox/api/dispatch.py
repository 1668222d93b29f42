"""From a request to its handler: discovery, health, reviews, objects. Watches are started by the application itself."""

from sandbox.access.rbac import Attributes
from sandbox.api.cluster import Cluster
from sandbox.api.deletes import delete, delete_collection
from sandbox.api.discovery import discover
from sandbox.api.gate import attributes_of, authenticate, authorize
from sandbox.api.openapi import openapi
from sandbox.api.paths import is_review, parse_path, verb_of
from sandbox.api.reads import get, list_objects
from sandbox.api.request import Request, Response, Target, answer
from sandbox.api.reviews import review
from sandbox.api.subresources import call_subresource
from sandbox.api.writes import create, patch, update
from sandbox.kinds.errors import StatusError, method_not_allowed, no_such_resource
from sandbox.kinds.table import Kind

HEALTH = ("/healthz", "/livez", "/readyz")
COMPACT_PATH = "/debug/compact"
OPEN_REVIEWS = frozenset({"selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"})


def dispatch(cluster: Cluster, request: Request) -> Response | tuple[Target, Kind]:
    """Answer the request, or return the target of a watch. Raises StatusError."""
    request.user = authenticate(cluster, request)
    target = parse_path(request.path)
    if target is None:
        return _plain(cluster, request)
    verb = verb_of(request, target)
    if not (target.plural in OPEN_REVIEWS and request.user.groups and "system:authenticated" in request.user.groups):
        authorize(cluster, request.user, attributes_of(target, verb))
    if is_review(target):
        return review(cluster, request, target)
    if target.kind is None:
        raise no_such_resource()
    return _object(cluster, request, target, target.kind, verb)


def _plain(cluster: Cluster, request: Request) -> Response:
    path = request.path.rstrip("/") or "/"
    authorize(cluster, request.user, Attributes(request.method.lower(), path=path))
    if path.startswith(HEALTH):
        return Response(200, b"ok", "text/plain")
    if path == COMPACT_PATH and request.method == "POST":
        cluster.store.compact()
        return answer(200, {"resourceVersion": str(cluster.store.version)})
    document = openapi(path) if path.startswith("/openapi") else discover(path)
    if document is None:
        return Response(404, b"404 page not found\n", "text/plain")
    return answer(200, document)


def _object(cluster: Cluster, request: Request, target: Target, kind: Kind, verb: str) -> Response | tuple[Target, Kind]:
    if target.namespace and not kind.namespaced:
        raise no_such_resource()
    if target.subresource and target.subresource != "status":
        return call_subresource(cluster, request, target, kind)
    if target.subresource and not kind.status:
        raise no_such_resource()
    if verb == "watch":
        return target, kind
    return _by_verb(cluster, request, target, kind, verb)


def _by_verb(cluster: Cluster, request: Request, target: Target, kind: Kind, verb: str) -> Response:
    if verb == "list":
        return list_objects(cluster, request, target, kind)
    if verb == "deletecollection" and verb in kind.verbs and (target.namespace or not kind.namespaced):
        return delete_collection(cluster, request, target, kind)
    if verb == "create" and not target.name:
        return create(cluster, request, target, kind)
    if not target.name or (kind.namespaced and not target.namespace):
        raise method_not_allowed()
    if verb == "get":
        return get(cluster, target, kind)
    if verb in ("update", "patch"):
        return (update if verb == "update" else patch)(cluster, request, target, kind)
    if verb == "delete" and not target.subresource:
        return delete(cluster, request, target, kind)
    raise method_not_allowed()


def error_for(error: Exception) -> StatusError:
    """What a caller sees of an error that nobody expected."""
    return StatusError(
        500, "InternalError", f"Internal error occurred: {type(error).__name__}: {error}", {"causes": [{"message": str(error)}]}
    )
