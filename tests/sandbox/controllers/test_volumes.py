"""Claims and their volumes."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.client import Answer, Api
from tests.contract.objects import pod

Object = dict[str, Any]
CLASSES, VOLUMES = "/apis/storage.k8s.io/v1/storageclasses", "/api/v1/persistentvolumes"


@pytest.fixture
def claims(api: Api, space: str) -> str:
    """The path of the claims of a fresh namespace, with the default class there."""
    api.until(f"{CLASSES}/standard", lambda answer: answer.code == 200)
    return f"/api/v1/namespaces/{space}/persistentvolumeclaims"


@pytest.fixture
def own(api: Api) -> Iterator[str]:
    """A name for the cluster-scoped objects of one test, which go with it."""
    name = f"v-{secrets.token_hex(4)}"
    yield name
    api.delete(f"{CLASSES}/{name}")
    api.delete(f"{VOLUMES}/{name}")


def _claim(storage: str = "1Gi", name: str = "data", **spec: Any) -> Object:
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}}
    return {"metadata": {"name": name}, "spec": {**wanted, **spec}}


def _volume(name: str, storage: str = "2Gi", **spec: Any) -> Object:
    own = {"capacity": {"storage": storage}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/srv/data"}, "storageClassName": name}
    return {"metadata": {"name": name}, "spec": {**own, **spec}}


def _class(name: str, **more: str) -> Object:
    return {"metadata": {"name": name}, "provisioner": "sandbox.slipway.dev/hostless", **more}


def _user(name: str = "user") -> Object:
    return pod(name, volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}])


def _is_bound(answer: Answer) -> bool:
    return bool(answer.code == 200 and answer.body["status"].get("phase") == "Bound")


def _told(api: Api, claims: str, reason: str) -> list[str]:
    events = api.get(claims.replace("persistentvolumeclaims", "events")).body["items"]
    return [each["message"] for each in events if each["reason"] == reason]


def test_a_claim_of_the_default_class_gets_a_volume(api: Api, claims: str) -> None:
    created = api.post(claims, _claim()).body
    assert created["spec"]["storageClassName"] == "standard"
    claim = api.until(f"{claims}/data", _is_bound).body
    assert claim["status"]["capacity"] == {"storage": "1Gi"} and claim["status"]["accessModes"] == ["ReadWriteOnce"]
    assert claim["metadata"]["annotations"]["pv.kubernetes.io/bind-completed"] == "yes"
    assert claim["spec"]["volumeName"] == f"pvc-{created['metadata']['uid']}"
    volume = api.until(f"{VOLUMES}/{claim['spec']['volumeName']}", _is_bound).body
    assert volume["spec"]["claimRef"]["uid"] == created["metadata"]["uid"] and volume["spec"]["claimRef"]["name"] == "data"
    assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Delete" and volume["spec"]["storageClassName"] == "standard"
    assert "kubernetes.io/pv-protection" in volume["metadata"]["finalizers"]
    api.until(f"{claims}/data", lambda _: _told(api, claims, "ProvisioningSucceeded"))
    api.until(f"{claims}/data", lambda answer: "kubernetes.io/pvc-protection" in answer.body["metadata"]["finalizers"])
    api.delete(f"{claims}/data")
    api.until(f"{claims}/data", lambda answer: answer.code == 404)
    api.until(f"{VOLUMES}/{claim['spec']['volumeName']}", lambda answer: answer.code == 404)


def test_a_volume_that_is_there_is_taken_and_kept(api: Api, claims: str, own: str) -> None:
    api.post(VOLUMES, _volume(own))
    api.until(f"{VOLUMES}/{own}", lambda answer: answer.body["status"]["phase"] == "Available")
    api.post(claims, _claim("3Gi", "large", storageClassName=own))
    api.post(claims, _claim(storageClassName=own))
    claim = api.until(f"{claims}/data", _is_bound).body
    assert claim["spec"]["volumeName"] == own and claim["status"]["capacity"] == {"storage": "2Gi"}
    assert api.get(f"{claims}/large").body["status"]["phase"] == "Pending"
    api.until(f"{VOLUMES}/{own}", _is_bound)
    api.delete(f"{claims}/data")
    released = api.until(f"{VOLUMES}/{own}", lambda answer: answer.body["status"]["phase"] == "Released").body
    assert released["spec"]["persistentVolumeReclaimPolicy"] == "Retain"


def test_a_bound_volume_is_not_deleted_under_its_claim(api: Api, claims: str, own: str) -> None:
    api.post(VOLUMES, _volume(own))
    api.post(claims, _claim(storageClassName=own))
    api.until(f"{VOLUMES}/{own}", _is_bound)
    assert "deletionTimestamp" in api.delete(f"{VOLUMES}/{own}").body["metadata"]
    api.until(f"{claims}/data", _is_bound)
    assert api.get(f"{VOLUMES}/{own}").code == 200
    api.delete(f"{claims}/data")
    api.until(f"{VOLUMES}/{own}", lambda answer: answer.code == 404)


def test_a_class_can_wait_for_the_first_consumer(api: Api, claims: str, own: str) -> None:
    api.post(CLASSES, _class(own, volumeBindingMode="WaitForFirstConsumer"))
    api.post(claims, _claim(storageClassName=own))
    api.until(f"{claims}/data", lambda _: _told(api, claims, "WaitForFirstConsumer"))
    assert _told(api, claims, "WaitForFirstConsumer") == ["waiting for first consumer to be created before binding"]
    assert api.get(f"{claims}/data").body["status"]["phase"] == "Pending"
    api.post(claims.replace("persistentvolumeclaims", "pods"), _user())
    claim = api.until(f"{claims}/data", _is_bound, 20).body
    assert claim["metadata"]["annotations"]["volume.kubernetes.io/selected-node"].startswith("sandbox-")


def test_a_claim_stays_while_a_pod_uses_it(api: Api, claims: str) -> None:
    pods = claims.replace("persistentvolumeclaims", "pods")
    api.post(claims, _claim())
    api.post(pods, _user())
    api.until(f"{claims}/data", _is_bound)
    api.until(f"{pods}/user", lambda answer: answer.body["status"]["phase"] == "Running", 20)
    assert "deletionTimestamp" in api.delete(f"{claims}/data").body["metadata"]
    # What comes later is handled later: a second claim that is bound shows that the first was looked at and kept.
    api.post(claims, _claim(name="later"))
    api.until(f"{claims}/later", _is_bound)
    assert api.get(f"{claims}/data").code == 200
    api.delete(f"{pods}/user")
    api.until(f"{claims}/data", lambda answer: answer.code == 404)


def test_why_a_claim_stays_pending_is_told(api: Api, claims: str, own: str) -> None:
    api.post(claims, _claim(name="lost", storageClassName=own))
    api.post(claims, _claim(name="none", storageClassName=""))
    api.until(claims, lambda _: _told(api, claims, "ProvisioningFailed"))
    assert _told(api, claims, "ProvisioningFailed") == [f'storageclass.storage.k8s.io "{own}" not found']
    api.until(claims, lambda _: _told(api, claims, "FailedBinding"))
    assert _told(api, claims, "FailedBinding") == ["no persistent volumes available for this claim and no storage class is set"]
    api.post(CLASSES, _class(own, reclaimPolicy="Retain"))
    bound = api.until(f"{claims}/lost", _is_bound).body
    volume = f"{VOLUMES}/{bound['spec']['volumeName']}"
    assert api.get(volume).body["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    api.delete(f"{claims}/lost")
    api.until(volume, lambda answer: answer.body["status"]["phase"] == "Released")
    api.delete(volume)
    api.until(volume, lambda answer: answer.code == 404)


def test_a_claim_can_name_its_volume_and_a_volume_its_claim(api: Api, claims: str, own: str, space: str) -> None:
    api.post(claims, _claim(name="named", storageClassName=own, volumeName=own))
    api.post(VOLUMES, _volume(own, storageClassName=own))
    assert api.until(f"{claims}/named", _is_bound).body["spec"]["volumeName"] == own
    api.post(VOLUMES, _volume(f"{own}-b", claimRef={"namespace": space, "name": "data"}, storageClassName=own))
    api.post(claims, _claim(storageClassName=own))
    assert api.until(f"{claims}/data", _is_bound).body["spec"]["volumeName"] == f"{own}-b"
    api.delete(f"{claims}/data")
    api.delete(f"{VOLUMES}/{own}-b")
