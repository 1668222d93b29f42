"""Questions to the server: may I, may they, what may I, whose token is this."""

from typing import Any

from sandbox.access.rbac import Attributes
from sandbox.access.tokens import AUDIENCE
from sandbox.access.users import AUTHENTICATED, User
from sandbox.api.cluster import Cluster
from sandbox.api.discovery import REVIEW_KINDS
from sandbox.api.request import Request, Response, Target, answer
from sandbox.kinds.errors import Cause, bad_request, bad_value, invalid, method_not_allowed
from sandbox.kinds.table import Kind


def review(cluster: Cluster, request: Request, target: Target) -> Response:
    """POST of a review; the answer is in its status."""
    if request.method != "POST":
        raise method_not_allowed()
    body = request.json() or {}
    spec = body.get("spec") or {}
    kind = REVIEW_KINDS[target.plural]
    status = _status(cluster, request.user, kind, spec, target.namespace)
    version = f"{target.group}/{target.version}"
    return answer(201, {"kind": kind, "apiVersion": version, "metadata": body.get("metadata") or {}, "spec": spec, "status": status})


def _status(cluster: Cluster, user: User, kind: str, spec: dict[str, Any], namespace: str) -> dict[str, Any]:
    if kind == "SelfSubjectRulesReview":
        return _rules(cluster, user, spec.get("namespace", ""))
    if kind == "TokenReview":
        return _token(cluster, spec.get("token", ""), spec.get("audiences") or [])
    if kind == "SelfSubjectReview":
        return {"userInfo": _shown(user)}
    _check_spec(spec, is_own=kind == "SelfSubjectAccessReview", namespace=namespace)
    subject = user if kind == "SelfSubjectAccessReview" else User(spec.get("user", ""), tuple(spec.get("groups") or ()))
    if subject.is_master:
        return {"allowed": True}
    reason = cluster.rbac.reason(subject, _attributes(spec))
    return {"allowed": True, "reason": reason} if reason else {"allowed": False}


def _check_spec(spec: dict[str, Any], *, is_own: bool, namespace: str) -> None:
    """Raise 422 unless the review asks one thing, about somebody, and (a local one) about its namespace."""
    resource, path, causes = spec.get("resourceAttributes"), spec.get("nonResourceAttributes"), []
    if resource is not None and path is not None:
        shown = f'authorization.NonResourceAttributes{{Path:"{path.get("path", "")}", Verb:"{path.get("verb", "")}"}}'
        why = "cannot be specified in combination with resourceAttributes"
        causes.append(Cause("spec.nonResourceAttributes", f"Invalid value: {shown}: {why}"))
    elif resource is None and path is None:
        why = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        causes.append(bad_value("spec.resourceAttributes", "null", why))
    if not is_own and not spec.get("user") and not spec.get("groups"):
        causes.append(bad_value("spec.user", "", "at least one of user or group must be specified"))
    if namespace and (resource or {}).get("namespace", "") != namespace:
        causes.append(
            bad_value("spec.resourceAttributes.namespace", (resource or {}).get("namespace", ""), "must match metadata.namespace")
        )
    if causes:
        raise invalid(Kind("authorization.k8s.io", "v1", "", "", False), "", causes)


def _attributes(spec: dict[str, Any]) -> Attributes:
    resource: dict[str, str] | None = spec.get("resourceAttributes")
    path: dict[str, str] = spec.get("nonResourceAttributes") or {}
    if resource is None:
        return Attributes(path.get("verb", ""), path=path.get("path", ""))
    keys = ("verb", "group", "resource", "subresource", "namespace", "name")
    return Attributes(**{key: resource.get(key, "") for key in keys})


def _rules(cluster: Cluster, user: User, namespace: str) -> dict[str, Any]:
    if not namespace:
        raise bad_request("no namespace on request")
    every = [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}, {"verbs": ["*"], "nonResourceURLs": ["*"]}]
    rules = every if user.is_master else list(cluster.rbac.rules(user, namespace))
    return {
        "resourceRules": [rule for rule in rules if not rule.get("nonResourceURLs")],
        "nonResourceRules": [rule for rule in rules if rule.get("nonResourceURLs")],
        "incomplete": False,
    }


def _token(cluster: Cluster, token: str, audiences: list[str]) -> dict[str, Any]:
    user = cluster.tokens.user(token, audiences or [AUDIENCE])
    if user is None:
        return {"user": {}, "error": "[invalid bearer token]"}
    return {"authenticated": True, "user": _shown(user), "audiences": cluster.tokens.audiences(token, audiences or [AUDIENCE])}


def _shown(user: User) -> dict[str, Any]:
    groups = list(user.groups) if AUTHENTICATED in user.groups else [*user.groups, AUTHENTICATED]
    return {"username": user.name, "groups": groups, **({"uid": user.uid} if user.uid else {})}
