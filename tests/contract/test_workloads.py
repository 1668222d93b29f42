"""Workloads and their storage: what never changes, what they count, what holds them."""

import pytest

from tests.contract.client import Api
from tests.contract.objects import Object, container, deployment


def _job(**template: Object) -> Object:
    spec = {"restartPolicy": "Never", "containers": [container()]}
    return {"metadata": {"name": "a"}, "spec": {"parallelism": 0, "template": {**template, "spec": spec}}}


def test_little_of_a_stateful_set_changes(api: Api, space: str) -> None:
    path = f"/apis/apps/v1/namespaces/{space}/statefulsets"
    assert api.post(path, {**deployment("a", container(), serviceName="s", replicas=0), "kind": "StatefulSet"}).code == 201
    refused = api.patch(f"{path}/a", {"spec": {"serviceName": "other"}})
    assert refused.code == 422 and refused.fields == ["spec"]
    assert "updates to statefulset spec for fields other than 'replicas'," in refused.message
    assert api.patch(f"{path}/a", {"spec": {"updateStrategy": {"rollingUpdate": {"partition": 2}}}}).code == 200


def test_a_job_keeps_the_labels_that_find_its_pods(api: Api, space: str) -> None:
    path = f"/apis/batch/v1/namespaces/{space}/jobs"
    assert api.post(path, _job()).code == 201
    refused = api.patch(f"{path}/a", {"spec": {"template": {"metadata": {"labels": {"controller-uid": "other", "job-name": None}}}}})
    assert refused.code == 422
    labels = "spec.template.metadata.labels"
    assert {f"{labels}[controller-uid]", f"{labels}[job-name]", "spec.template"} <= set(refused.fields)


def test_a_job_is_not_made_with_the_labels_of_another(api: Api, space: str) -> None:
    refused = api.post(f"/apis/batch/v1/namespaces/{space}/jobs", _job(metadata={"labels": {"job-name": "b"}}))
    assert refused.code == 422 and refused.fields == ["spec.template.metadata.labels[job-name]"] and "must be 'a'" in refused.message


def test_a_job_without_a_name_is_invalid(api: Api, space: str) -> None:
    refused = api.post(f"/apis/batch/v1/namespaces/{space}/jobs", {**_job(), "metadata": {}})
    assert refused.code == 422 and "metadata.name" in refused.fields


def test_a_volume_has_one_source(api: Api, pods: str) -> None:
    volume = {"name": "v", "emptyDir": {}, "configMap": {"name": "m"}}
    refused = api.post(pods, {"metadata": {"name": "a"}, "spec": {"containers": [container()], "volumes": [volume]}})
    assert refused.code == 422 and refused.fields == ["spec.volumes[0].configMap"]


@pytest.mark.parametrize(
    ("status", "field"),
    [({"replicas": -1, "observedGeneration": 1}, "status.replicas"), ({"replicas": 1, "readyReplicas": 2}, "status.readyReplicas")],
)
def test_a_status_counts_what_there_can_be(api: Api, space: str, status: Object, field: str) -> None:
    path = f"/apis/apps/v1/namespaces/{space}/deployments"
    api.post(path, deployment("a", container(), paused=True, replicas=0))
    refused = api.patch(f"{path}/a/status", {"status": status})
    assert refused.code == 422 and field in refused.fields


def test_a_claim_is_held_from_its_birth(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}/persistentvolumeclaims"
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "none", "resources": {"requests": {"storage": "1Gi"}}}
    created = api.post(path, {"metadata": {"name": "a"}, "spec": spec}).body
    assert created["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection"] and "f:finalizers" not in str(created)
    deleted = api.delete(f"{path}/a")
    assert deleted.code == 200 and "deletionTimestamp" in deleted.body["metadata"]
    api.patch(f"{path}/a", {"metadata": {"finalizers": None}})
    api.until(f"{path}/a", lambda answer: answer.code == 404)


def test_a_claim_changes_only_by_what_it_asks_for(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}/persistentvolumeclaims"
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "none", "resources": {"requests": {"storage": "2Gi"}}}
    api.post(path, {"metadata": {"name": "a"}, "spec": spec})
    refused = api.patch(f"{path}/a", {"spec": {"volumeMode": "Block", "resources": {"requests": {"storage": "1Gi"}}}})
    assert refused.code == 422 and refused.fields == ["spec", "spec.resources.requests.storage", "volumeMode"]
