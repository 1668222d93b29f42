"""Discovery, health, version, and the subresources that bind and scale."""

import pytest

from tests.contract.client import Api
from tests.contract.objects import container, deployment, pod


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz"])
def test_health_is_open_to_all(api: Api, path: str) -> None:
    answer = api.as_token(None).get(path)
    assert (answer.code, answer.body) == (200, "ok")


def test_the_version_is_told(api: Api) -> None:
    body = api.get("/version").body
    assert body["major"] == "1" and body["gitVersion"].startswith(f"v1.{body['minor'].rstrip('+')}.")


def test_groups_are_listed(api: Api) -> None:
    assert api.get("/api").body["versions"] == ["v1"]
    groups = {group["name"]: group["preferredVersion"]["groupVersion"] for group in api.get("/apis").body["groups"]}
    assert groups["apps"] == "apps/v1" and groups["rbac.authorization.k8s.io"] == "rbac.authorization.k8s.io/v1"
    assert api.get("/apis/apps").body["preferredVersion"] == {"groupVersion": "apps/v1", "version": "v1"}


def test_resources_are_listed_with_verbs(api: Api) -> None:
    resources = {each["name"]: each for each in api.get("/api/v1").body["resources"]}
    assert resources["pods"]["namespaced"] is True and resources["pods"]["shortNames"] == ["po"]
    assert set(resources["pods"]["verbs"]) == {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}
    assert "deletecollection" not in resources["namespaces"]["verbs"] and resources["namespaces"]["namespaced"] is False
    assert {"pods/status", "pods/binding", "serviceaccounts/token", "namespaces/finalize"} <= set(resources)


AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"


@pytest.mark.since(30, "it has no aggregated discovery in version v2")
def test_all_resources_are_had_at_once(api: Api) -> None:
    answer = api.get("/apis", accept=AGGREGATED)
    assert answer.body["kind"] == "APIGroupDiscoveryList" and "as=APIGroupDiscoveryList" in answer.headers["Content-Type"]
    apps = next(each for each in answer.body["items"] if each["metadata"]["name"] == "apps")["versions"][0]
    found = {each["resource"]: each for each in apps["resources"]}
    deployments = found["deployments"]
    assert (apps["version"], deployments["scope"], deployments["singularResource"]) == ("v1", "Namespaced", "deployment")
    assert deployments["responseKind"] == {"group": "apps", "version": "v1", "kind": "Deployment"} and deployments["shortNames"] == [
        "deploy"
    ]
    below = {each["subresource"]: each["responseKind"] for each in deployments["subresources"]}
    assert set(below) == {"status", "scale"} and below["scale"] == {"group": "autoscaling", "version": "v1", "kind": "Scale"}
    # As many as the older form tells of.
    assert set(found) == {each["name"] for each in api.get("/apis/apps/v1").body["resources"] if "/" not in each["name"]}
    (core,) = api.get("/api", accept=AGGREGATED).body["items"]
    assert {"pods", "namespaces"} <= {each["resource"] for each in core["versions"][0]["resources"]}


@pytest.mark.since(27, "it has no OpenAPI v3")
def test_built_in_kinds_are_described(api: Api) -> None:
    index = api.get("/openapi/v3").body["paths"]
    assert {"api/v1", "apis/apps/v1", "apis/rbac.authorization.k8s.io/v1"} <= set(index)
    document = api.get(index["apis/apps/v1"]["serverRelativeURL"]).body
    schemas = document["components"]["schemas"]
    kind = {"group": "apps", "kind": "Deployment", "version": "v1"}
    assert kind in schemas["io.k8s.api.apps.v1.Deployment"]["x-kubernetes-group-version-kind"]
    containers = schemas["io.k8s.api.core.v1.PodSpec"]["properties"]["containers"]
    assert containers["x-kubernetes-list-map-keys"] == ["name"] and containers["x-kubernetes-patch-merge-key"] == "name"
    limits = schemas["io.k8s.api.core.v1.ResourceRequirements"]["properties"]["limits"]
    assert "/io.k8s.apimachinery.pkg.api.resource.Quantity" in str(limits["additionalProperties"])
    assert "/apis/apps/v1/namespaces/{namespace}/deployments/{name}" in document["paths"]


def test_an_unknown_group_is_not_found(api: Api) -> None:
    assert api.get("/apis/no.such/v1").code == 404


def test_a_binding_sets_the_node_once(api: Api, pods: str) -> None:
    api.post(pods, pod("a", schedulerName="nobody"))
    body = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "a"}, "target": {"kind": "Node", "name": "some-node"}}
    assert api.post(f"{pods}/a/binding", body).code == 201
    bound = api.get(f"{pods}/a").body
    assert bound["spec"]["nodeName"] == "some-node"
    scheduled = next(each for each in bound["status"]["conditions"] if each["type"] == "PodScheduled")
    assert scheduled["status"] == "True"
    again = api.post(f"{pods}/a/binding", body)
    assert again.code == 409 and 'is already assigned to node "some-node"' in again.message


def test_a_scale_is_read_and_written(api: Api, space: str) -> None:
    path = f"/apis/apps/v1/namespaces/{space}/deployments"
    api.post(path, deployment("a", container(), paused=True, replicas=0))
    scale = api.get(f"{path}/a/scale").body
    assert scale["kind"] == "Scale" and scale["spec"].get("replicas", 0) == 0 and scale["status"]["selector"] == "app=a"
    del scale["metadata"]["resourceVersion"]  # the controller may have written the status meanwhile
    scale["spec"]["replicas"] = 2
    assert api.call("PUT", f"{path}/a/scale", scale).body["spec"]["replicas"] == 2
    assert api.get(f"{path}/a").body["spec"]["replicas"] == 2
