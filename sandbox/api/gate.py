"""Who is it and may they: authentication, impersonation and authorization of one request."""

from sandbox.access.rbac import Attributes
from sandbox.access.users import ANONYMOUS, AUTHENTICATED, User, service_account
from sandbox.api.cluster import Cluster
from sandbox.api.request import Request, Target
from sandbox.kinds.errors import StatusError, forbidden, unauthorized
from sandbox.kinds.table import Kind

OPEN_PATHS = frozenset({"/healthz", "/livez", "/readyz", "/version"})
DISCOVERY_PREFIXES = ("/api", "/apis", "/openapi", "/version")


def authenticate(cluster: Cluster, request: Request) -> User:
    """The caller; raises 401 for a token that is not good, 403 for an impersonation that is not allowed."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return ANONYMOUS
    user = cluster.tokens.user(token.strip()) if scheme.lower() == "bearer" else None
    if user is None:
        raise unauthorized()
    wanted = request.headers.get("impersonate-user")
    return _impersonate(cluster, request, user, wanted) if wanted else user


def authorize(cluster: Cluster, user: User, wanted: Attributes) -> None:
    """Raise 403 with the words of a real server unless some rule allows it."""
    if user.is_master or (wanted.path and _is_open(user, wanted)) or cluster.rbac.allows(user, wanted):
        return
    if wanted.path:
        raise StatusError(403, "Forbidden", f'forbidden: User "{user.name}" cannot {wanted.verb} path "{wanted.path}"', {})
    place = f'in the namespace "{wanted.namespace}"' if wanted.namespace else "at the cluster scope"
    text = f'User "{user.name}" cannot {wanted.verb} resource "{wanted.combined}" in API group "{wanted.group}" {place}'
    raise forbidden(Kind(wanted.group, "", "", wanted.resource, bool(wanted.namespace)), wanted.name, text)


def attributes_of(target: Target, verb: str) -> Attributes:
    """What the authorizer is asked for a resource."""
    namespace = target.namespace
    if target.kind is not None and target.kind.built_in == "Namespace":
        namespace = target.name
    return Attributes(verb, target.group, target.plural, target.subresource, namespace, target.name)


def _is_open(user: User, wanted: Attributes) -> bool:
    if wanted.verb != "get":
        return False
    root = "/" + wanted.path.split("/")[1]
    return root in OPEN_PATHS or (AUTHENTICATED in user.groups and root in DISCOVERY_PREFIXES)


def _impersonate(cluster: Cluster, request: Request, user: User, wanted: str) -> User:
    groups = [each for each in request.headers.get("impersonate-group", "").split("\n") if each]
    authorize(cluster, user, Attributes("impersonate", resource="users", name=wanted))
    for group in groups:
        authorize(cluster, user, Attributes("impersonate", resource="groups", name=group))
    parts = wanted.split(":")
    if wanted.startswith("system:serviceaccount:") and len(parts) == 4 and not groups:
        return service_account(parts[2], parts[3])
    return User(wanted, (*groups, *(() if AUTHENTICATED in groups else (AUTHENTICATED,))))
