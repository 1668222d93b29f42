"""What a controller-manager does around namespaces, quotas and roles: by the server itself, or by the simulator where nobody else does."""

import secrets
from collections.abc import Iterator

import pytest

from tests.contract.client import Api
from tests.contract.objects import config_map, pod, quota

ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
GROUP = "rbac.authorization.k8s.io"


def _conditions(body: dict) -> dict:  # type: ignore[type-arg]
    return {each["type"]: each for each in body["status"].get("conditions", [])}


def _rule(resource: str) -> dict:  # type: ignore[type-arg]
    return {"apiGroups": ["example.org"], "resources": [resource], "verbs": ["get"]}


def _role(name: str, rules: list, **labels: str) -> dict:  # type: ignore[type-arg]
    return {"apiVersion": f"{GROUP}/v1", "kind": "ClusterRole", "metadata": {"name": name, "labels": labels}, "rules": rules}


@pytest.fixture
def label(api: Api) -> Iterator[str]:
    """The label of the ClusterRoles of one test."""
    name = f"example.org/{secrets.token_hex(4)}"
    yield name
    api.delete(ROLES, labelSelector=name)


def test_a_namespace_has_an_account_and_the_ca(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}"
    api.until(f"{path}/serviceaccounts/default", lambda answer: answer.code == 200)
    published = api.until(f"{path}/configmaps/kube-root-ca.crt", lambda answer: answer.code == 200)
    assert published.body["data"]["ca.crt"].startswith("-----BEGIN CERTIFICATE-----")


def test_the_account_and_the_ca_come_back(api: Api, space: str) -> None:
    for path in (f"/api/v1/namespaces/{space}/serviceaccounts/default", f"/api/v1/namespaces/{space}/configmaps/kube-root-ca.crt"):
        first = api.until(path, lambda answer: answer.code == 200).body["metadata"]["uid"]
        assert api.delete(path).code == 200
        api.until(path, lambda answer, first=first: answer.code == 200 and answer.body["metadata"]["uid"] != first)


def test_a_namespace_goes_with_everything_in_it(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}"
    api.post(f"{path}/configmaps", config_map("a"))
    api.post(f"{path}/pods", pod("p"))
    api.post(f"/apis/{GROUP}/v1/namespaces/{space}/roles", {"metadata": {"name": "r"}})
    assert api.delete(path).body["status"]["phase"] == "Terminating"
    api.until(path, lambda answer: answer.code == 404, 30)
    assert api.get(f"{path}/configmaps").body["items"] == [] and api.get(f"{path}/pods").body["items"] == []


def test_a_namespace_says_what_it_waits_for(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}"
    api.post(f"{path}/configmaps", config_map("a", finalizers=["example.org/hold"]))
    api.delete(path)
    held = _conditions(api.until(path, lambda answer: "NamespaceFinalizersRemaining" in _conditions(answer.body)).body)
    waits = held["NamespaceContentRemaining"]
    assert (waits["status"], waits["reason"]) == ("True", "SomeResourcesRemain")
    assert waits["message"] == "Some resources are remaining: configmaps. has 1 resource instances"
    holds = held["NamespaceFinalizersRemaining"]
    assert (holds["status"], holds["reason"]) == ("True", "SomeFinalizersRemain")
    assert holds["message"] == "Some content in the namespace has finalizers remaining: example.org/hold in 1 resource instances"
    api.patch(f"{path}/configmaps/a", {"metadata": {"finalizers": None}})
    api.until(path, lambda answer: answer.code == 404, 30)


def test_a_quota_counts_what_is_there_and_what_goes(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}"
    api.post(f"{path}/pods", pod("before", requests={"cpu": "250m"}, schedulerName="nobody"))
    api.post(f"{path}/resourcequotas", quota("q", pods="5", requests__cpu="2", count___secrets="3"))
    own = f"{path}/resourcequotas/q"
    api.until(own, lambda answer: answer.body["status"].get("used") == {"pods": "1", "requests.cpu": "250m", "count/secrets": "0"})
    api.post(f"{path}/pods", pod("after", requests={"cpu": "250m"}, schedulerName="nobody"))
    api.post(f"{path}/secrets", {"metadata": {"name": "s"}})
    api.until(own, lambda answer: answer.body["status"]["used"] == {"pods": "2", "requests.cpu": "500m", "count/secrets": "1"})
    api.delete(f"{path}/pods/before")
    api.delete(f"{path}/secrets/s")
    left = api.until(own, lambda answer: answer.body["status"]["used"] == {"pods": "1", "requests.cpu": "250m", "count/secrets": "0"})
    assert left.body["status"]["hard"] == {"pods": "5", "requests.cpu": "2", "count/secrets": "3"}


def test_an_aggregated_role_shows_the_rules_of_others(api: Api, label: str) -> None:
    name = label.split("/")[1]
    gathering = _role(f"{name}-all", [], **{label: "all"})
    api.post(ROLES, gathering | {"aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {label: "part"}}]}})
    api.post(ROLES, _role(f"{name}-b", [_rule("b"), _rule("a")], **{label: "part"}))
    api.post(ROLES, _role(f"{name}-a", [_rule("a")], **{label: "part"}))
    own = f"{ROLES}/{name}-all"
    api.until(own, lambda answer: answer.body.get("rules") == [_rule("a"), _rule("b")])
    api.delete(f"{ROLES}/{name}-b")
    api.until(own, lambda answer: answer.body["rules"] == [_rule("a")])
    api.patch(f"{ROLES}/{name}-a", {"rules": [_rule("c")]})
    api.until(own, lambda answer: answer.body["rules"] == [_rule("c")])


def test_a_role_for_view_reaches_edit_and_admin(api: Api, label: str) -> None:
    extra = _rule(label.split("/")[1])
    api.post(ROLES, _role(f"{label.split('/')[1]}-view", [extra], **{label: "", f"{GROUP}/aggregate-to-view": "true"}))
    for name in ("view", "edit", "admin"):
        role = api.until(f"{ROLES}/{name}", lambda answer: extra in (answer.body.get("rules") or [])).body
        assert any("pods" in (rule.get("resources") or []) for rule in role["rules"])
