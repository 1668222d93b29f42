"""Takes URL paths apart and names the verb that authorization sees."""

from sandbox.api.request import Request, Target
from sandbox.kinds.served import Served

VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "GET": "get", "HEAD": "get"}
# Resources that are no stored kinds.
REVIEWS = {
    ("authorization.k8s.io", "v1"): (
        "subjectaccessreviews",
        "selfsubjectaccessreviews",
        "localsubjectaccessreviews",
        "selfsubjectrulesreviews",
    ),
    ("authentication.k8s.io", "v1"): ("tokenreviews", "selfsubjectreviews"),
}


def parse_path(path: str, kinds: Served) -> Target | None:
    """The target of a resource path; None for any other path. An unknown resource has no `kind`."""
    parts = [part for part in path.split("/") if part]
    if len(parts) >= 3 and parts[0] == "api":
        return _target("", parts[1], parts[2:], kinds)
    if len(parts) >= 4 and parts[0] == "apis":
        return _target(parts[1], parts[2], parts[3:], kinds)
    return None


def verb_of(request: Request, target: Target) -> str:
    """create, get, list, watch, update, patch, delete or deletecollection."""
    verb = VERBS.get(request.method, request.method.lower())
    if verb == "get" and not target.name:
        return "watch" if request.flag("watch") else "list"
    if verb == "get" and request.flag("watch") and not target.subresource:
        return "watch"
    return "deletecollection" if verb == "delete" and not target.name else verb


def _target(group: str, version: str, parts: list[str], kinds: Served) -> Target:
    namespace = ""
    if parts[0] == "namespaces" and len(parts) >= 3 and not (len(parts) == 3 and parts[2] in ("finalize", "status")):
        namespace, parts = parts[1], parts[2:]
    plural, name, subresource = parts[0], parts[1] if len(parts) > 1 else "", "/".join(parts[2:])
    if parts[2:3] == ["proxy"]:
        subresource = "proxy"
    return Target(group, version, plural, kinds.at(group, version, plural), namespace, name, subresource)


def is_review(target: Target) -> bool:
    """Whether the target is a question to the server rather than an object."""
    return target.plural in REVIEWS.get((target.group, target.version), ())
