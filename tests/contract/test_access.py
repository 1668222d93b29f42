"""Tokens and RBAC."""

import time
from typing import Any

import pytest

from tests.contract.client import Api
from tests.contract.objects import binding, config_map

GROUP = "/apis/rbac.authorization.k8s.io/v1"
READ_MAPS = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]}


def _token(api: Api, space: str, name: str = "robot", seconds: int = 3600) -> Any:
    accounts = f"/api/v1/namespaces/{space}/serviceaccounts"
    api.post(accounts, {"metadata": {"name": name}})
    return api.post(f"{accounts}/{name}/token", {"spec": {"expirationSeconds": seconds}})


def _subject(space: str, name: str = "robot") -> dict[str, str]:
    return {"kind": "ServiceAccount", "name": name, "namespace": space}


@pytest.fixture
def robot(api: Api, space: str) -> Api:
    return api.as_token(_token(api, space).body["status"]["token"])


def _allow(api: Api, robot: Api, path: str) -> None:
    end = time.monotonic() + 10
    while robot.get(path).code == 403:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_bad_token_is_unauthorized(api: Api) -> None:
    answer = api.as_token("nonsense").get("/api/v1/namespaces")
    assert (answer.code, answer.body["reason"], answer.message) == (401, "Unauthorized", "Unauthorized")


def test_nobody_in_particular_is_forbidden(api: Api, space: str) -> None:
    answer = api.as_token(None).get(f"/api/v1/namespaces/{space}/pods")
    assert (answer.code, answer.body["reason"]) == (403, "Forbidden")
    assert (
        answer.message
        == f'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "{space}"'
    )


def test_a_forbidden_read_names_object_and_group(api: Api, robot: Api, space: str) -> None:
    answer = robot.get(f"/apis/apps/v1/namespaces/{space}/deployments/d")
    user = f"system:serviceaccount:{space}:robot"
    text = (
        f'deployments.apps "d" is forbidden: User "{user}" cannot get resource "deployments" in API group "apps" in the namespace "{space}"'
    )
    assert (answer.code, answer.message) == (403, text)
    assert answer.body["details"] == {"name": "d", "group": "apps", "kind": "deployments"}


def test_a_forbidden_cluster_read_says_so(robot: Api, space: str) -> None:
    assert robot.get("/api/v1/nodes").message.endswith('cannot list resource "nodes" in API group "" at the cluster scope')


def test_a_role_opens_what_it_names(api: Api, robot: Api, maps: str, space: str) -> None:
    assert robot.get(maps).code == 403
    api.post(f"{GROUP}/namespaces/{space}/roles", {"metadata": {"name": "r"}, "rules": [READ_MAPS]})
    api.post(f"{GROUP}/namespaces/{space}/rolebindings", binding("b", "r", _subject(space), kind="Role"))
    _allow(api, robot, maps)
    assert robot.get(maps).code == 200 and robot.post(maps, config_map("a")).code == 403
    assert robot.get(f"/api/v1/namespaces/{space}/secrets").code == 403 and robot.get("/api/v1/configmaps").code == 403


def test_resource_names_narrow_a_rule(api: Api, robot: Api, maps: str, space: str) -> None:
    rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"], "resourceNames": ["mine"]}
    api.post(f"{GROUP}/namespaces/{space}/roles", {"metadata": {"name": "r"}, "rules": [rule]})
    api.post(f"{GROUP}/namespaces/{space}/rolebindings", binding("b", "r", _subject(space), kind="Role"))
    _allow(api, robot, f"{maps}/mine")
    assert robot.get(f"{maps}/mine").code == 404 and robot.get(f"{maps}/other").code == 403


def test_group_bindings_reach_service_accounts(api: Api, robot: Api, maps: str, space: str) -> None:
    subject = {"kind": "Group", "name": f"system:serviceaccounts:{space}", "apiGroup": "rbac.authorization.k8s.io"}
    api.post(f"{GROUP}/namespaces/{space}/rolebindings", binding("b", "view", subject))
    _allow(api, robot, maps)
    assert robot.get(maps).code == 200 and robot.get(f"/api/v1/namespaces/{space}/secrets").code == 403


def test_nobody_grants_more_than_they_hold(api: Api, robot: Api, maps: str, space: str) -> None:
    manage = {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles", "rolebindings"], "verbs": ["create", "get", "update"]}
    api.post(f"{GROUP}/namespaces/{space}/roles", {"metadata": {"name": "r"}, "rules": [manage, READ_MAPS]})
    api.post(f"{GROUP}/namespaces/{space}/rolebindings", binding("b", "r", _subject(space), kind="Role"))
    _allow(api, robot, maps)
    roles = f"{GROUP}/namespaces/{space}/roles"
    assert robot.post(roles, {"metadata": {"name": "fine"}, "rules": [{**READ_MAPS, "verbs": ["get"]}]}).code == 201
    refused = robot.post(roles, {"metadata": {"name": "more"}, "rules": [{**READ_MAPS, "resources": ["secrets"], "verbs": ["get"]}]})
    assert refused.code == 403 and "is attempting to grant RBAC permissions not currently held:" in refused.message
    assert '{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}' in refused.message


def test_a_binding_needs_the_right_to_bind(api: Api, robot: Api, maps: str, space: str) -> None:
    manage = {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["rolebindings"], "verbs": ["*"]}
    bind = {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"], "verbs": ["bind"], "resourceNames": ["view"]}
    api.post(f"{GROUP}/namespaces/{space}/roles", {"metadata": {"name": "r"}, "rules": [manage, bind, READ_MAPS]})
    api.post(f"{GROUP}/namespaces/{space}/rolebindings", binding("b", "r", _subject(space), kind="Role"))
    _allow(api, robot, maps)
    path = f"{GROUP}/namespaces/{space}/rolebindings"
    assert robot.post(path, binding("ok", "view", _subject(space))).code == 201
    refused = robot.post(path, binding("no", "edit", _subject(space)))
    assert refused.code == 403 and "is attempting to grant RBAC permissions not currently held" in refused.message


def test_a_token_names_its_account_and_end(api: Api, space: str) -> None:
    answer = _token(api, space)
    assert answer.code == 201 and answer.body["kind"] == "TokenRequest"
    assert answer.body["status"]["expirationTimestamp"] > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    review = {"spec": {"token": answer.body["status"]["token"]}}
    user = api.post("/apis/authentication.k8s.io/v1/tokenreviews", review).body["status"]["user"]
    assert user["username"] == f"system:serviceaccount:{space}:robot" and f"system:serviceaccounts:{space}" in user["groups"]


def test_a_token_shorter_than_ten_minutes_is_invalid(api: Api, space: str) -> None:
    answer = _token(api, space, seconds=60)
    assert answer.code == 422 and "may not specify a duration less than 10 minutes" in answer.message


def test_a_token_dies_with_its_account(api: Api, robot: Api, space: str) -> None:
    assert robot.get("/api").code == 200
    api.delete(f"/api/v1/namespaces/{space}/serviceaccounts/robot")
    end = time.monotonic() + 15
    while robot.get("/api").code != 401:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_access_reviews_tell_the_truth(api: Api, robot: Api, space: str) -> None:
    asked = {"resourceAttributes": {"namespace": space, "verb": "get", "resource": "secrets"}}
    mine = robot.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {"spec": asked})
    assert mine.code == 201 and mine.body["status"]["allowed"] is False
    assert api.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {"spec": asked}).body["status"]["allowed"] is True
    theirs = {**asked, "user": "somebody", "groups": ["system:masters"]}
    assert api.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", {"spec": theirs}).body["status"]["allowed"] is True


def test_rules_reviews_list_the_rules(api: Api, robot: Api, maps: str, space: str) -> None:
    api.post(f"{GROUP}/namespaces/{space}/roles", {"metadata": {"name": "r"}, "rules": [READ_MAPS]})
    api.post(f"{GROUP}/namespaces/{space}/rolebindings", binding("b", "r", _subject(space), kind="Role"))
    _allow(api, robot, maps)
    answer = robot.post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {"spec": {"namespace": space}})
    assert READ_MAPS["resources"] in [rule.get("resources") for rule in answer.body["status"]["resourceRules"]]


def test_an_admin_can_act_as_somebody(api: Api, space: str) -> None:
    response = api._pool.request(
        "GET", f"{api.server}/api/v1/namespaces/{space}/pods", headers={"Authorization": f"Bearer {api.token}", "Impersonate-User": "alice"}
    )
    assert response.status == 403 and 'User \\"alice\\" cannot list resource \\"pods\\"' in response.data.decode()
