"""What the roles that every cluster has allow: whoever binds a team to one relies on it."""

import time

import pytest

from tests.contract.client import Api
from tests.contract.objects import binding

GROUP = "/apis/rbac.authorization.k8s.io/v1"
REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
# verb, resource[/subresource][.group], and the least role that may.
ALLOWED = [
    ("list", "pods", "view"),
    ("get", "pods/log", "view"),
    ("get", "services/status", "view"),
    ("get", "deployments/status.apps", "view"),
    ("list", "controllerrevisions.apps", "view"),
    ("watch", "events", "view"),
    ("get", "resourcequotas", "view"),
    ("get", "poddisruptionbudgets/status.policy", "view"),
    ("get", "secrets", "edit"),
    ("create", "pods/exec", "edit"),
    ("get", "pods/proxy", "edit"),
    ("create", "services/proxy", "edit"),
    ("impersonate", "serviceaccounts", "edit"),
    ("patch", "deployments/scale.apps", "edit"),
    ("delete", "networkpolicies.networking.k8s.io", "edit"),
    ("create", "roles.rbac.authorization.k8s.io", "admin"),
    ("create", "localsubjectaccessreviews.authorization.k8s.io", "admin"),
    ("update", "resourcequotas", ""),
    ("update", "limitranges", ""),
    ("update", "namespaces", ""),
    ("update", "deployments/status.apps", ""),
]
NEWER = [("list", "endpointslices.discovery.k8s.io", "view"), ("create", "serviceaccounts/token", "edit"), ("update", "endpoints", "")]
NEWER += [("update", "leases.coordination.k8s.io", "edit"), ("create", "events", "edit"), ("create", "pods/eviction", "edit")]
LADDER = ("view", "edit", "admin")


@pytest.fixture
def bound(api: Api, space: str) -> dict[str, str]:
    """A group for each of the roles, bound in a fresh namespace."""
    groups = {role: f"{role}-{space}" for role in LADDER}
    for role, group in groups.items():
        subject = {"kind": "Group", "name": group, "apiGroup": "rbac.authorization.k8s.io"}
        assert api.post(f"{GROUP}/namespaces/{space}/rolebindings", binding(role, role, subject)).code == 201
    end = time.monotonic() + 10
    while not all(_may(api, group, space, "list", "pods") for group in groups.values()):
        assert time.monotonic() < end
    return groups


def _may(api: Api, group: str, space: str, verb: str, wanted: str) -> bool:
    combined, _, of_group = wanted.partition(".")
    resource, _, subresource = combined.partition("/")
    asked = {"verb": verb, "group": of_group, "resource": resource, "subresource": subresource, "namespace": space}
    answer = api.post(REVIEWS, {"spec": {"groups": [group], "resourceAttributes": asked}})
    assert answer.code == 201, answer
    return bool(answer.body["status"]["allowed"])


def _check(api: Api, bound: dict[str, str], space: str, cases: list[tuple[str, str, str]]) -> None:
    for verb, wanted, least in cases:
        found = {role: _may(api, bound[role], space, verb, wanted) for role in LADDER}
        first = LADDER.index(least) if least else len(LADDER)
        assert found == {role: position >= first for position, role in enumerate(LADDER)}, f"{verb} {wanted}"


def test_each_role_may_what_it_is_for_and_no_more(api: Api, bound: dict[str, str], space: str) -> None:
    _check(api, bound, space, ALLOWED)


@pytest.mark.since(29, "its default roles were others")
def test_the_roles_of_today_know_slices_leases_and_tokens(api: Api, bound: dict[str, str], space: str) -> None:
    _check(api, bound, space, NEWER)


def test_the_roles_that_delegate_may_only_ask(api: Api) -> None:
    rules = api.get(f"{GROUP}/clusterroles/system:auth-delegator").body["rules"]
    assert {(each["resources"][0], *each["verbs"]) for each in rules} == {("tokenreviews", "create"), ("subjectaccessreviews", "create")}


def test_a_default_role_says_that_it_is_kept_up(api: Api) -> None:
    metadata = api.get(f"{GROUP}/clusterroles/system:aggregate-to-view").body["metadata"]
    assert metadata["annotations"] == {"rbac.authorization.kubernetes.io/autoupdate": "true"}
    assert metadata["labels"]["kubernetes.io/bootstrapping"] == "rbac-defaults"
