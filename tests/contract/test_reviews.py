"""Questions to the server about access, in all their forms, and the finer rules of RBAC."""

import time
from typing import Any

import pytest

from tests.contract.client import Api
from tests.contract.objects import binding, config_map

AUTHORIZATION, AUTHENTICATION = "/apis/authorization.k8s.io/v1", "/apis/authentication.k8s.io/v1"
GROUP = "/apis/rbac.authorization.k8s.io/v1"


def _account(api: Api, space: str, name: str = "robot") -> str:
    api.post(f"/api/v1/namespaces/{space}/serviceaccounts", {"metadata": {"name": name}})
    return f"system:serviceaccount:{space}:{name}"


def _grant(api: Api, space: str, *rules: Any, name: str = "r") -> None:
    """Give the ServiceAccount `robot` a Role with these rules."""
    subject = {"kind": "ServiceAccount", "name": "robot", "namespace": space}
    assert api.post(f"{GROUP}/namespaces/{space}/roles", {"metadata": {"name": name}, "rules": list(rules)}).code == 201
    assert api.post(f"{GROUP}/namespaces/{space}/rolebindings", binding(name, name, subject, kind="Role")).code == 201


def _asked(user: str, space: str, verb: str, resource: str, **more: str) -> Any:
    group = more.pop("group", "")
    return {"user": user, "resourceAttributes": {"namespace": space, "verb": verb, "group": group, "resource": resource, **more}}


def _allowed(api: Api, spec: Any) -> bool:
    answer = api.post(f"{AUTHORIZATION}/subjectaccessreviews", {"spec": spec})
    assert answer.code == 201, answer.message
    return bool(answer.body["status"]["allowed"])


def _until_allowed(api: Api, spec: Any) -> None:
    end = time.monotonic() + 10
    while not _allowed(api, spec):
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def robot(api: Api, space: str) -> str:
    return _account(api, space)


def test_a_review_tells_why(api: Api, robot: str, space: str) -> None:
    spec = _asked(robot, space, "get", "configmaps")
    refused = api.post(f"{AUTHORIZATION}/subjectaccessreviews", {"spec": spec}).body
    assert refused["kind"] == "SubjectAccessReview" and refused["status"]["allowed"] is False and "denied" not in refused["status"]
    _grant(api, space, {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]})
    _until_allowed(api, spec)
    status = api.post(f"{AUTHORIZATION}/subjectaccessreviews", {"spec": spec}).body["status"]
    why = f'RBAC: allowed by RoleBinding "r/{space}" of Role "r" to ServiceAccount "robot/{space}"'
    assert status == {"allowed": True, "reason": why}


def test_resource_names_and_verbs_are_exact(api: Api, robot: str, space: str) -> None:
    _grant(api, space, {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"], "resourceNames": ["mine"]})
    _until_allowed(api, _asked(robot, space, "get", "configmaps", name="mine"))
    assert not _allowed(api, _asked(robot, space, "get", "configmaps", name="other"))
    assert not _allowed(api, _asked(robot, space, "get", "configmaps"))
    assert not _allowed(api, _asked(robot, space, "delete", "configmaps", name="mine"))
    assert not _allowed(api, _asked(robot, "default", "get", "configmaps", name="mine"))


def test_subresources_are_not_their_resource(api: Api, robot: str, space: str) -> None:
    _grant(api, space, {"apiGroups": ["apps"], "resources": ["*/scale"], "verbs": ["update"]})
    _until_allowed(api, _asked(robot, space, "update", "deployments", group="apps", subresource="scale"))
    assert _allowed(api, _asked(robot, space, "update", "statefulsets", group="apps", subresource="scale"))
    assert not _allowed(api, _asked(robot, space, "update", "deployments", group="apps"))
    assert not _allowed(api, _asked(robot, space, "update", "deployments", group="apps", subresource="status"))
    _grant(api, space, {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}, name="pods")
    _until_allowed(api, _asked(robot, space, "get", "pods"))
    assert not _allowed(api, _asked(robot, space, "get", "pods", subresource="log"))


def test_wildcards_cover_all_resources_of_a_group(api: Api, robot: str, space: str) -> None:
    _grant(api, space, {"apiGroups": ["apps"], "resources": ["*"], "verbs": ["*"]})
    _until_allowed(api, _asked(robot, space, "delete", "deployments", group="apps"))
    assert _allowed(api, _asked(robot, space, "get", "anything", group="apps", subresource="at-all"))
    assert not _allowed(api, _asked(robot, space, "get", "pods"))


def test_urls_are_for_cluster_roles(api: Api, robot: str, space: str) -> None:
    role, rule = f"urls-{space}", {"nonResourceURLs": ["/metrics", "/logs/*"], "verbs": ["get"]}
    assert api.post(f"{GROUP}/clusterroles", {"metadata": {"name": role}, "rules": [rule]}).code == 201
    bound = binding(role, role, {"kind": "User", "name": robot, "apiGroup": "rbac.authorization.k8s.io"})
    assert api.post(f"{GROUP}/clusterrolebindings", {**bound, "kind": "ClusterRoleBinding"}).code == 201

    def asked(path: str, verb: str = "get") -> Any:
        return {"user": robot, "nonResourceAttributes": {"path": path, "verb": verb}}

    _until_allowed(api, asked("/metrics"))
    assert _allowed(api, asked("/logs/a/b")) and not _allowed(api, asked("/logs")) and not _allowed(api, asked("/metrics/x"))
    assert not _allowed(api, asked("/metrics", "post"))
    for kind in ("clusterrolebindings", "clusterroles"):
        assert api.delete(f"{GROUP}/{kind}/{role}").code == 200
    refused = api.post(f"{GROUP}/namespaces/{space}/roles", {"metadata": {"name": "urls"}, "rules": [rule]})
    assert refused.code == 422 and "rules[0].nonResourceURLs" in refused.message


def test_groups_of_the_review_count(api: Api, space: str) -> None:
    group = {"kind": "Group", "name": f"team-{space}", "apiGroup": "rbac.authorization.k8s.io"}
    api.post(f"{GROUP}/namespaces/{space}/rolebindings", binding("b", "view", group))
    asked = {**_asked("", space, "list", "configmaps"), "groups": [f"team-{space}"]}
    _until_allowed(api, asked)
    assert not _allowed(api, {**asked, "groups": ["another"]})
    assert not _allowed(api, {**_asked("", space, "list", "secrets"), "groups": [f"team-{space}"]})


@pytest.mark.parametrize(
    ("spec", "field", "why"),
    [
        ({"user": "ann"}, "spec.resourceAttributes", "exactly one of nonResourceAttributes or resourceAttributes must be specified"),
        (
            {"user": "ann", "resourceAttributes": {"verb": "get"}, "nonResourceAttributes": {"path": "/"}},
            "spec.nonResourceAttributes",
            "cannot be specified in combination with resourceAttributes",
        ),
        ({"resourceAttributes": {"verb": "get"}}, "spec.user", "at least one of user or group must be specified"),
    ],
)
def test_a_review_asks_one_thing_about_somebody(api: Api, spec: Any, field: str, why: str) -> None:
    answer = api.post(f"{AUTHORIZATION}/subjectaccessreviews", {"spec": spec})
    assert (answer.code, answer.body["reason"], answer.fields) == (422, "Invalid", [field])
    assert answer.message.startswith('.authorization.k8s.io "" is invalid: ') and answer.message.endswith(f": {why}")


def test_a_local_review_is_about_its_namespace(api: Api, robot: str, space: str) -> None:
    path = f"{AUTHORIZATION}/namespaces/{space}/localsubjectaccessreviews"
    _grant(api, space, {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]})
    _until_allowed(api, _asked(robot, space, "get", "pods"))
    answer = api.post(path, {"metadata": {"namespace": space}, "spec": _asked(robot, space, "get", "pods")})
    assert (answer.code, answer.body["kind"], answer.body["status"]["allowed"]) == (201, "LocalSubjectAccessReview", True)
    other = api.post(path, {"metadata": {"namespace": space}, "spec": _asked(robot, "default", "get", "pods")})
    assert other.code == 422 and other.fields == ["spec.resourceAttributes.namespace"]
    assert 'Invalid value: "default": must match metadata.namespace' in other.message


def test_reviews_about_others_are_not_for_everybody(api: Api, robot: str, space: str) -> None:
    token = api.post(f"/api/v1/namespaces/{space}/serviceaccounts/robot/token", {"spec": {}}).body["status"]["token"]
    mine = api.as_token(token)
    refused = mine.post(f"{AUTHORIZATION}/subjectaccessreviews", {"spec": _asked("ann", space, "get", "pods")})
    where = 'cannot create resource "subjectaccessreviews" in API group "authorization.k8s.io" at the cluster scope'
    assert (refused.code, refused.message) == (403, f'subjectaccessreviews.authorization.k8s.io is forbidden: User "{robot}" {where}')
    assert mine.post(f"{AUTHENTICATION}/tokenreviews", {"spec": {"token": token}}).code == 403
    own = mine.post(f"{AUTHORIZATION}/selfsubjectrulesreviews", {"spec": {"namespace": space}})
    assert own.code == 201 and own.body["status"]["incomplete"] is False
    assert {"selfsubjectaccessreviews", "selfsubjectrulesreviews"} <= {
        each for rule in own.body["status"]["resourceRules"] for each in rule["resources"]
    }


def test_a_rules_review_needs_a_namespace(api: Api) -> None:
    answer = api.post(f"{AUTHORIZATION}/selfsubjectrulesreviews", {"spec": {}})
    assert (answer.code, answer.message) == (400, "no namespace on request")


def test_a_token_review_knows_tokens_and_others(api: Api, robot: str, space: str) -> None:
    token = api.post(f"/api/v1/namespaces/{space}/serviceaccounts/robot/token", {"spec": {}}).body["status"]["token"]
    status = api.post(f"{AUTHENTICATION}/tokenreviews", {"spec": {"token": token}}).body["status"]
    assert status["authenticated"] is True and status["user"]["username"] == robot and status["user"]["uid"]
    assert "system:authenticated" in status["user"]["groups"] and status["audiences"]
    other = api.post(f"{AUTHENTICATION}/tokenreviews", {"spec": {"token": "nonsense"}})
    assert other.code == 201 and "authenticated" not in other.body["status"] and "invalid bearer token" in other.body["status"]["error"]
    elsewhere = api.post(f"{AUTHENTICATION}/tokenreviews", {"spec": {"token": token, "audiences": ["vault"]}}).body["status"]
    assert "authenticated" not in elsewhere


@pytest.mark.since(28, "it has no SelfSubjectReview")
def test_everybody_may_ask_who_they_are(api: Api, robot: str, space: str) -> None:
    token = api.post(f"/api/v1/namespaces/{space}/serviceaccounts/robot/token", {"spec": {}}).body["status"]["token"]
    answer = api.as_token(token).post(f"{AUTHENTICATION}/selfsubjectreviews", {})
    info = answer.body["status"]["userInfo"]
    assert answer.code == 201 and info["username"] == robot
    assert info["groups"] == ["system:serviceaccounts", f"system:serviceaccounts:{space}", "system:authenticated"]


def test_escalate_lets_grant_what_one_does_not_hold(api: Api, robot: str, space: str) -> None:
    token = api.post(f"/api/v1/namespaces/{space}/serviceaccounts/robot/token", {"spec": {}}).body["status"]["token"]
    mine, roles = api.as_token(token), f"{GROUP}/namespaces/{space}/roles"
    rbac = {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"]}
    _grant(api, space, {**rbac, "verbs": ["create", "update", "get"]})
    _until_allowed(api, _asked(robot, space, "create", "roles", group="rbac.authorization.k8s.io"))
    more = {"metadata": {"name": "more"}, "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["*"]}]}
    refused = mine.post(roles, more)
    assert refused.code == 403 and f'user "{robot}" (groups=["system:serviceaccounts"' in refused.message
    assert refused.message.endswith(
        'is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["*"]}'
    )
    assert mine.post(roles, {"metadata": {"name": "none"}, "rules": []}).code == 201
    _grant(api, space, {**rbac, "verbs": ["escalate"], "resourceNames": ["more"]}, name="escalate")
    _until_allowed(api, _asked(robot, space, "escalate", "roles", group="rbac.authorization.k8s.io", name="more"))
    assert mine.post(roles, {**more, "metadata": {"name": "others"}}).code == 403
    api.post(roles, {"metadata": {"name": "more"}, "rules": []})
    assert mine.call("PUT", f"{roles}/more", more).code == 200


def test_a_forbidden_write_names_verb_and_subresource(api: Api, robot: str, maps: str, space: str) -> None:
    token = api.post(f"/api/v1/namespaces/{space}/serviceaccounts/robot/token", {"spec": {}}).body["status"]["token"]
    mine = api.as_token(token)
    start, end = f'is forbidden: User "{robot}" cannot', f'in the namespace "{space}"'
    assert mine.post(maps, config_map("a")).message == f'configmaps {start} create resource "configmaps" in API group "" {end}'
    refused = mine.delete(maps)
    assert refused.message == f'configmaps {start} deletecollection resource "configmaps" in API group "" {end}'
    status = mine.patch(f"/api/v1/namespaces/{space}/pods/a/status", {})
    assert status.message == f'pods "a" {start} patch resource "pods/status" in API group "" {end}'
    assert status.body["details"] == {"name": "a", "kind": "pods"}
    path = mine.get("/metrics")
    assert (path.code, path.message) == (403, f'forbidden: User "{robot}" cannot get path "/metrics"')
