"""Questions to the server: may I, may they, what may I, whose token is this."""

from typing import Any

from sandbox.access.rbac import Attributes
from sandbox.access.users import AUTHENTICATED, User
from sandbox.api.cluster import Cluster
from sandbox.api.discovery import REVIEW_KINDS
from sandbox.api.request import Request, Response, Target, answer
from sandbox.kinds.errors import bad_request, method_not_allowed


def review(cluster: Cluster, request: Request, target: Target) -> Response:
    """POST of a review; the answer is in its status."""
    if request.method != "POST":
        raise method_not_allowed()
    body = request.json() or {}
    spec = body.get("spec") or {}
    kind = REVIEW_KINDS[target.plural]
    status = _status(cluster, request.user, kind, spec)
    version = f"{target.group}/{target.version}"
    return answer(201, {"kind": kind, "apiVersion": version, "metadata": body.get("metadata") or {}, "spec": spec, "status": status})


def _status(cluster: Cluster, user: User, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    if kind == "SelfSubjectRulesReview":
        return _rules(cluster, user, spec.get("namespace", ""))
    if kind == "TokenReview":
        return _token(cluster, spec.get("token", ""))
    if kind == "SelfSubjectReview":
        return {"userInfo": _shown(user)}
    subject = user if kind == "SelfSubjectAccessReview" else User(spec.get("user", ""), tuple(spec.get("groups") or ()))
    allowed = cluster.rbac.allows(subject, _attributes(spec))
    return {"allowed": allowed} if allowed else {"allowed": False, "denied": False, "reason": ""}


def _attributes(spec: dict[str, Any]) -> Attributes:
    resource: dict[str, str] | None = spec.get("resourceAttributes")
    path: dict[str, str] = spec.get("nonResourceAttributes") or {}
    if (resource is None) == ("nonResourceAttributes" not in spec):
        raise bad_request("exactly one of nonResourceAttributes or resourceAttributes must be specified")
    if resource is None:
        return Attributes(path.get("verb", ""), path=path.get("path", ""))
    keys = ("verb", "group", "resource", "subresource", "namespace", "name")
    return Attributes(**{key: resource.get(key, "") for key in keys})


def _rules(cluster: Cluster, user: User, namespace: str) -> dict[str, Any]:
    every = [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}, {"verbs": ["*"], "nonResourceURLs": ["*"]}]
    rules = every if user.is_master else list(cluster.rbac.rules(user, namespace))
    return {
        "resourceRules": [rule for rule in rules if not rule.get("nonResourceURLs")],
        "nonResourceRules": [rule for rule in rules if rule.get("nonResourceURLs")],
        "incomplete": False,
    }


def _token(cluster: Cluster, token: str) -> dict[str, Any]:
    user = cluster.tokens.user(token)
    if user is None:
        return {"user": {}, "error": "[invalid bearer token]"}
    return {"authenticated": True, "user": _shown(user), "audiences": ["https://kubernetes.default.svc"]}


def _shown(user: User) -> dict[str, Any]:
    groups = list(user.groups) if AUTHENTICATED in user.groups else [*user.groups, AUTHENTICATED]
    return {"username": user.name, "groups": groups, **({"uid": user.uid} if user.uid else {})}
