"""From a request to its handler: discovery, health, reviews, objects. Watches are started by the application itself."""

from sandbox.access.rbac import Attributes
from sandbox.api.aggregated import aggregated
from sandbox.api.aggregation import ask_remote_api, remote_resources, with_remote_groups
from sandbox.api.cluster import Cluster
from sandbox.api.deletes import delete, delete_collection
from sandbox.api.discovery import discover
from sandbox.api.gate import attributes_of, authenticate, authorize
from sandbox.api.outgoing import Outgoing
from sandbox.api.paths import is_review, parse_path, verb_of
from sandbox.api.reads import get, list_objects
from sandbox.api.remote import REMOTE, call_remote
from sandbox.api.request import Request, Response, Target, answer
from sandbox.api.reviews import review
from sandbox.api.subresources import call_subresource
from sandbox.api.writes import create, patch, update
from sandbox.kinds.errors import StatusError, method_not_allowed, no_such_resource
from sandbox.kinds.table import Kind

HEALTH = ("/healthz", "/livez", "/readyz")
COMPACT_PATH = "/debug/compact"
OPEN_REVIEWS = frozenset({"selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"})


Outcome = Response | Outgoing | tuple[Target, Kind]


def dispatch(cluster: Cluster, request: Request) -> Outcome:
    """Answer the request, or return the target of a watch or what to ask somebody else. Raises StatusError."""
    request.user = authenticate(cluster, request)
    target = parse_path(request.path, cluster.store.kinds)
    if target is None:
        return _plain(cluster, request)
    verb = verb_of(request, target)
    if not (target.plural in OPEN_REVIEWS and request.user.groups and "system:authenticated" in request.user.groups):
        authorize(cluster, request.user, attributes_of(target, verb))
    if is_review(target):
        return review(cluster, request, target)
    if target.kind is None:
        if (passed := ask_remote_api(cluster, request, target.group, target.version)) is not None:
            return passed
        raise no_such_resource()
    return _object(cluster, request, target, target.kind, verb)


def _plain(cluster: Cluster, request: Request) -> Response | Outgoing:
    path = request.path.rstrip("/") or "/"
    authorize(cluster, request.user, Attributes(request.method.lower(), path=path))
    if path.startswith(HEALTH):
        return Response(200, b"ok", "text/plain")
    if path == COMPACT_PATH and request.method == "POST":
        cluster.store.compact()
        return answer(200, {"resourceVersion": str(cluster.store.version)})
    if (found := aggregated(request, cluster.store.kinds, remote_resources(cluster))) is not None:
        return found
    if (described := cluster.openapi.at(path)) is not None:
        return Response(200, described)
    parts = path.split("/")
    if parts[1] == "apis" and len(parts) == 4 and (passed := ask_remote_api(cluster, request, parts[2], parts[3])) is not None:
        return passed
    document = with_remote_groups(cluster, path, discover(path, cluster.store.kinds))
    if document is None:
        return Response(404, b"404 page not found\n", "text/plain")
    return answer(200, document)


def _object(cluster: Cluster, request: Request, target: Target, kind: Kind, verb: str) -> Outcome:
    if (target.namespace and not kind.namespaced) or (target.name and kind.namespaced and not target.namespace):
        raise no_such_resource()
    if kind.deprecation:
        request.warnings.append(kind.deprecation)
    if target.subresource in REMOTE:
        return call_remote(cluster, request, target, kind)
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
        return get(cluster, request, target, kind)
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
