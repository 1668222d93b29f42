"""Garbage: what happens to the dependents of something that is deleted, and to what never had an owner."""

import time
from typing import Any

import pytest
import yaml

from tests.contract.client import Api
from tests.contract.definitions import DEFINITIONS
from tests.contract.objects import config_map, container, deployment
from tests.sandbox.controllers.conftest import Kubectl
from tests.sandbox.controllers.seen import Object, apps, batch, events_of, pods_of, status
from tests.sandbox.test_real_definitions import FILES

ZEROS = "00000000-0000-0000-0000-00000000000"


def _owned(name: str, *owners: Object, block: bool = False, kind: str = "ConfigMap", **metadata: Any) -> Object:
    """A ConfigMap with owner references to objects."""
    references = [
        {"apiVersion": each.get("apiVersion", "v1"), "kind": each.get("kind", kind), "name": each["metadata"]["name"]}
        | {"uid": each["metadata"]["uid"], **({"blockOwnerDeletion": True} if block else {})}
        for each in owners
    ]
    return config_map(name, ownerReferences=references, **metadata)


def _maps(space: str, name: str = "") -> str:
    return f"/api/v1/namespaces/{space}/configmaps" + (f"/{name}" if name else "")


def _gone(api: Api, path: str, seconds: float = 20) -> None:
    api.until(path, lambda answer: answer.code == 404, seconds)


def test_dependents_follow_their_owner(api: Api, space: str) -> None:
    owner = api.post(_maps(space), config_map("owner")).body
    child = api.post(_maps(space), _owned("child", owner)).body
    api.post(_maps(space), _owned("grandchild", child))
    api.delete(_maps(space, "owner"))
    _gone(api, _maps(space, "child"))
    _gone(api, _maps(space, "grandchild"))


def test_another_owner_keeps_a_dependent(api: Api, space: str) -> None:
    first, second = (api.post(_maps(space), config_map(name)).body for name in ("first", "second"))
    api.post(_maps(space), _owned("child", first, second))
    api.delete(_maps(space, "first"))
    left = api.until(_maps(space, "child"), lambda answer: len(answer.body["metadata"]["ownerReferences"]) == 1).body
    assert left["metadata"]["ownerReferences"][0]["uid"] == second["metadata"]["uid"]


def test_an_owner_of_another_uid_is_no_owner(api: Api, space: str) -> None:
    owner = api.post(_maps(space), config_map("owner")).body
    impostor = {**owner, "metadata": {**owner["metadata"], "uid": f"{ZEROS}1"}}
    api.post(_maps(space), _owned("child", impostor))
    _gone(api, _maps(space, "child"))
    assert api.get(_maps(space, "owner")).code == 200


def test_an_owner_of_an_unknown_kind_is_left_to_itself(api: Api, space: str) -> None:
    stranger = {
        "apiVersion": "example.org/v1",
        "kind": "Stranger",
        "metadata": {"name": "x", "uid": "00000000-0000-0000-0000-000000000002"},
    }
    api.post(_maps(space), _owned("child", stranger))
    absent = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "no", "uid": f"{ZEROS}3"}}
    api.post(_maps(space), _owned("later", absent))
    _gone(api, _maps(space, "later"))
    assert api.get(_maps(space, "child")).code == 200


def test_in_the_foreground_the_owner_goes_last(api: Api, space: str) -> None:
    owner = api.post(_maps(space), config_map("owner")).body
    api.post(_maps(space), _owned("child", owner, block=True, finalizers=["example.org/hold"]))
    held = api.delete(_maps(space, "owner"), {"propagationPolicy": "Foreground"}).body
    assert held["metadata"]["finalizers"] == ["foregroundDeletion"] and held["metadata"]["deletionTimestamp"]
    api.until(_maps(space, "child"), lambda answer: "deletionTimestamp" in answer.body["metadata"])
    assert api.get(_maps(space, "owner")).code == 200
    api.patch(_maps(space, "child"), {"metadata": {"finalizers": None}})
    _gone(api, _maps(space, "owner"))


def test_orphans_stay_without_their_owner(api: Api, space: str) -> None:
    owner = api.post(_maps(space), config_map("owner")).body
    api.post(_maps(space), _owned("child", owner))
    held = api.delete(_maps(space, "owner"), propagationPolicy="Orphan").body
    assert held["metadata"]["finalizers"] == ["orphan"]
    _gone(api, _maps(space, "owner"))
    assert not api.get(_maps(space, "child")).body["metadata"].get("ownerReferences")


def test_an_owner_in_another_namespace_counts_for_nothing(api: Api, space: str) -> None:
    owner = api.post(_maps("default"), config_map(f"owner-{space}")).body
    child = api.post(_maps(space), _owned("child", owner)).body
    _gone(api, _maps(space, "child"))
    where = f"[v1/ConfigMap, namespace: {space}, name: owner-{space}, uid: {owner['metadata']['uid']}]"
    wanted = ("OwnerRefInvalidNamespace", f'ownerRef {where} does not exist in namespace "{space}"')
    api.until("/version", lambda _: wanted in events_of(api, space, child["metadata"]["name"]))
    api.delete(_maps("default", f"owner-{space}"))


def test_a_deployment_takes_its_replica_sets_and_pods_with_it(api: Api, space: str, kubectl: Kubectl) -> None:
    api.post(apps(space, "deployments"), deployment("a", container(), replicas=2))
    api.until(apps(space, "deployments", "a"), lambda answer: status(answer, "availableReplicas") == (2,), 30)
    assert 'deployment.apps "a" deleted' in kubectl("delete", "deployment", "a", "--cascade=foreground", "--timeout=40s")
    assert not api.get(apps(space, "replicasets")).body["items"] and not pods_of(api, space, "app=a")


def test_kubectl_leaves_orphans_when_asked_to(api: Api, space: str, kubectl: Kubectl) -> None:
    api.post(apps(space, "deployments"), deployment("a", container(), replicas=1))
    api.until(apps(space, "deployments", "a"), lambda answer: status(answer, "availableReplicas") == (1,), 30)
    kubectl("delete", "deployment", "a", "--cascade=orphan", "--timeout=30s")
    (left,) = api.get(apps(space, "replicasets")).body["items"]
    assert not left["metadata"].get("ownerReferences") and len(pods_of(api, space, "app=a")) == 1


def test_custom_objects_are_collected_too(api: Api, space: str) -> None:
    group = f"{space}.example.org"
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    names = {"plural": "things", "kind": "Thing", "singular": "thing", "listKind": "ThingList"}
    versions = [{"name": "v1", "served": True, "storage": True, "schema": schema}]
    spec = {"group": group, "names": names, "scope": "Namespaced", "versions": versions}
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": f"things.{group}"}}
    assert api.post(definitions, {**definition, "spec": spec}).code == 201
    things = f"/apis/{group}/v1/namespaces/{space}/things"
    thing = {"apiVersion": f"{group}/v1", "kind": "Thing", "metadata": {"name": "a"}}
    api.until("/version", lambda _: api.post(things, thing).code in (201, 409))
    owner = api.get(f"{things}/a").body
    api.post(_maps(space), _owned("child", owner))
    map_owner = api.post(_maps(space), config_map("owner")).body
    reference = _owned("x", map_owner)["metadata"]["ownerReferences"]
    api.post(things, {**thing, "metadata": {"name": "b", "ownerReferences": reference}})
    api.delete(f"{things}/a")
    api.delete(_maps(space, "owner"))
    _gone(api, _maps(space, "child"))
    _gone(api, f"{things}/b")
    api.delete(f"{definitions}/things.{group}")


@pytest.fixture(scope="package")
def services(api: Api) -> str:
    """The root of InferenceServices as KServe defines them; the definition stays for the session."""
    files = [each for each in FILES if each.name == "kserve-inferenceservices.yaml"]
    if not files:
        pytest.skip("no definitions lie beside the checkout")
    assert api.post(DEFINITIONS, yaml.safe_load(files[0].read_text())).code in (201, 409)
    return "/apis/serving.kserve.io/v1beta1"


def _inference_service(api: Api, root: str, space: str) -> Object:
    predictor = {"model": {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://models/a"}}
    sent = {"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "metadata": {"name": "a"}}
    path, end = f"{root}/namespaces/{space}/inferenceservices", time.monotonic() + 20
    while (created := api.post(path, {**sent, "spec": {"predictor": predictor}})).code != 201:
        assert time.monotonic() < end and created.code == 404, created
        time.sleep(0.1)
    found: Object = created.body
    return found


def _owned_deployment(api: Api, space: str, owner: Object) -> None:
    """A Deployment with a pod, held by an object as its controller holds it."""
    wanted = deployment("served", container(), replicas=1)
    reference = {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": "a", "uid": owner["metadata"]["uid"]}
    wanted["metadata"]["ownerReferences"] = [{**reference, "controller": True, "blockOwnerDeletion": True}]
    assert api.post(apps(space, "deployments"), wanted).code == 201
    api.until(apps(space, "deployments", "served"), lambda answer: status(answer, "availableReplicas") == (1,), 30)


@pytest.mark.parametrize("policy", ["Background", "Foreground"])
def test_an_inference_service_takes_its_deployment_with_it(api: Api, space: str, services: str, policy: str) -> None:
    owner = _inference_service(api, services, space)
    _owned_deployment(api, space, owner)
    path = f"{services}/namespaces/{space}/inferenceservices/a"
    assert api.delete(path, {"propagationPolicy": policy}).code == 200
    if policy == "Foreground":
        _gone(api, path)
        assert api.get(apps(space, "deployments", "served")).code == 404
    _gone(api, apps(space, "deployments", "served"))
    api.until("/version", lambda _: not pods_of(api, space, "app=served"))


def test_an_inference_service_may_leave_its_deployment(api: Api, space: str, services: str) -> None:
    _owned_deployment(api, space, _inference_service(api, services, space))
    path = f"{services}/namespaces/{space}/inferenceservices/a"
    api.delete(path, {"propagationPolicy": "Orphan"})
    _gone(api, path)
    left = api.get(apps(space, "deployments", "served")).body
    assert "ownerReferences" not in left["metadata"] and len(pods_of(api, space, "app=served")) == 1


def test_what_a_vanished_inference_service_owned_is_found_later(api: Api, space: str, services: str) -> None:
    """Its owner went before anybody looked: only the name and the uid in the reference tell."""
    owner = _inference_service(api, services, space)
    path = f"{services}/namespaces/{space}/inferenceservices/a"
    api.delete(path)
    _gone(api, path)
    again = _inference_service(api, services, space)
    api.post(_maps(space), _owned("late", owner))
    api.post(_maps(space), _owned("kept", again))
    _gone(api, _maps(space, "late"))
    assert api.get(_maps(space, "kept")).code == 200


def test_a_namespace_goes_with_the_workloads_that_run_in_it(api: Api, space: str) -> None:
    api.post(apps(space, "deployments"), deployment("a", container(), replicas=2))
    template = {"spec": {"restartPolicy": "Never", "containers": [container()]}}
    api.post(batch(space, "jobs"), {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j"}, "spec": {"template": template}})
    api.until(batch(space, "jobs", "j"), lambda answer: status(answer, "active") == (1,))
    api.until(apps(space, "deployments", "a"), lambda answer: status(answer, "availableReplicas") == (2,), 30)
    api.delete(f"/api/v1/namespaces/{space}")
    _gone(api, f"/api/v1/namespaces/{space}", 40)
