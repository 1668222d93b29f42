"""What the portal's identity may do in a cluster, and short-lived tokens of ServiceAccounts."""

from typing import Any, NamedTuple
from urllib.parse import quote

from kube.connect import Api
from kube.deadline import Deadline


class Token(NamedTuple):
    """A bearer token; `expires_at` as the server wrote it (RFC 3339)."""

    token: str
    expires_at: str


def request_token(
    api: Api, namespace: str, service_account: str, seconds: int, *, audiences: list[str] | None = None, deadline: Deadline | None = None
) -> Token:
    """A token of a ServiceAccount for `seconds` (600 or more; the server may grant less). Raises ApiError."""
    path = f"/api/v1/namespaces/{quote(namespace, safe='')}/serviceaccounts/{quote(service_account, safe='')}/token"
    spec: dict[str, Any] = {"expirationSeconds": seconds, **({"audiences": audiences} if audiences else {})}
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
    status = api.request("POST", path, body=body, deadline=deadline)["status"]
    return Token(status["token"], status["expirationTimestamp"])


def can_i(
    api: Api,
    verb: str,
    resource: str,
    *,
    group: str = "",
    namespace: str | None = None,
    name: str | None = None,
    subresource: str | None = None,
    deadline: Deadline | None = None,
) -> bool:
    """Whether the identity of this connection may do it; without a namespace, everywhere. Raises ApiError."""
    wanted = {"verb": verb, "resource": resource, "group": group, "namespace": namespace, "name": name, "subresource": subresource}
    attributes = {key: value for key, value in wanted.items() if value}
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {"resourceAttributes": attributes}}
    answer = api.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body=review, deadline=deadline)
    return bool((answer.get("status") or {}).get("allowed"))
