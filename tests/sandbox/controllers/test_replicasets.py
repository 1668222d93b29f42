"""ReplicaSets: the number of pods, who owns them, what the status tells."""

from typing import Any

from tests.contract.client import MERGE, Api
from tests.contract.objects import container, pod, quota
from tests.sandbox.controllers.seen import NOTE, Object, apps, condition, events_of, pods_of, status

COUNTS = ("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas")


def replica_set(name: str = "a", replicas: int = 2, notes: dict[str, str] | None = None, **spec: Any) -> Object:
    metadata = {"labels": {"app": name}, "annotations": {f"{NOTE}{key}": value for key, value in (notes or {}).items()}}
    template = {"metadata": metadata, "spec": {"containers": [container()]}}
    own = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": name}, "spec": own}


def _started(api: Api, space: str, body: Object) -> Object:
    """Create a ReplicaSet and wait until every pod is available."""
    assert api.post(apps(space, "replicasets"), body).code == 201
    wanted = (body["spec"]["replicas"],) * 4
    return api.until(apps(space, "replicasets", "a"), lambda answer: status(answer, *COUNTS) == wanted, 20).body


def test_it_has_as_many_pods_as_it_says(api: Api, space: str) -> None:
    item = _started(api, space, replica_set(replicas=3))
    pods = pods_of(api, space, "app=a")
    assert len(pods) == 3 and all(each["metadata"]["name"].startswith("a-") for each in pods)
    wanted = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "a", "uid": item["metadata"]["uid"]}
    assert pods[0]["metadata"]["ownerReferences"] == [{**wanted, "controller": True, "blockOwnerDeletion": True}]
    assert pods[0]["metadata"]["generateName"] == "a-" and item["status"]["observedGeneration"] == item["metadata"]["generation"]
    created = {("SuccessfulCreate", f"Created pod: {each['metadata']['name']}") for each in pods}
    api.until("/version", lambda _: created <= set(events_of(api, space, "a")))


def test_a_pod_that_goes_is_replaced(api: Api, space: str) -> None:
    _started(api, space, replica_set(replicas=2))
    first = pods_of(api, space, "app=a")[0]["metadata"]["name"]
    api.delete(f"/api/v1/namespaces/{space}/pods/{first}")
    api.until("/version", lambda _: len(names := _names(api, space)) == 2 and first not in names)


def test_what_runs_outlives_what_does_not_when_it_shrinks(api: Api, space: str) -> None:
    _started(api, space, replica_set(replicas=2))
    old = _names(api, space)
    slow = {"spec": {"replicas": 4, "template": {"metadata": {"annotations": {f"{NOTE}start-seconds": "60"}}}}}
    api.patch(apps(space, "replicasets", "a"), slow)
    api.until("/version", lambda _: len(_names(api, space)) == 4)
    api.patch(apps(space, "replicasets", "a"), {"spec": {"replicas": 2}})
    api.until("/version", lambda _: len(_names(api, space)) == 2)
    assert _names(api, space) == old
    api.until("/version", lambda _: len([each for each in events_of(api, space, "a") if each[0] == "SuccessfulDelete"]) == 2)


def test_the_cheapest_pod_goes_first(api: Api, space: str) -> None:
    _started(api, space, replica_set(replicas=3))
    cheap = sorted(_names(api, space))[1]
    note = {"metadata": {"annotations": {"controller.kubernetes.io/pod-deletion-cost": "-5"}}}
    api.patch(f"/api/v1/namespaces/{space}/pods/{cheap}", note)
    kept = _names(api, space) - {cheap}
    api.patch(apps(space, "replicasets", "a"), {"spec": {"replicas": 2}})
    api.until("/version", lambda _: _names(api, space) == kept)


def test_it_takes_in_an_orphan_and_lets_go_of_what_it_does_not_select(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}/pods"
    orphan = pod("orphan")
    orphan["metadata"]["labels"] = {"app": "a"}
    api.post(path, orphan)
    item = _started(api, space, replica_set(replicas=2))
    assert "orphan" in _names(api, space)
    owners = api.get(f"{path}/orphan").body["metadata"]["ownerReferences"]
    assert [(each["uid"], each["controller"]) for each in owners] == [(item["metadata"]["uid"], True)]
    api.patch(f"{path}/orphan", {"metadata": {"labels": {"app": "other"}}})
    api.until(f"{path}/orphan", lambda answer: not answer.body["metadata"].get("ownerReferences"))
    api.until("/version", lambda _: len(_names(api, space)) == 2)


def test_a_refused_pod_shows_as_a_condition_and_an_event_until_there_is_room(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}/resourcequotas"
    api.post(path, quota(pods="1"))
    api.until(f"{path}/q", lambda answer: answer.body.get("status", {}).get("hard"))
    api.post(apps(space, "replicasets"), replica_set(replicas=3))
    item = apps(space, "replicasets", "a")
    refused = api.until(item, lambda answer: condition(answer, "ReplicaFailure") and status(answer, "replicas") == (1,))
    failure = condition(refused, "ReplicaFailure")
    assert (failure["status"], failure["reason"]) == ("True", "FailedCreate")
    why = "is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1"
    assert failure["message"].startswith('pods "a-') and failure["message"].endswith(why)
    api.until("/version", lambda _: ("FailedCreate", f"Error creating: {failure['message']}") in events_of(api, space, "a"))
    api.patch(f"{path}/q", {"spec": {"hard": {"pods": "9"}}})
    done = api.until(item, lambda answer: status(answer, *COUNTS) == (3, 3, 3, 3), 40)
    assert not condition(done, "ReplicaFailure")


def test_a_pod_is_available_only_after_its_time(api: Api, space: str) -> None:
    api.post(apps(space, "replicasets"), replica_set(replicas=1, minReadySeconds=3))
    path = apps(space, "replicasets", "a")
    ready = api.until(path, lambda answer: status(answer, "readyReplicas") == (1,), 20)
    assert status(ready, "availableReplicas") == (0,)
    api.until(path, lambda answer: status(answer, "availableReplicas") == (1,), 10)


def test_a_pod_with_fewer_labels_than_the_template_counts_as_such(api: Api, space: str) -> None:
    body = replica_set(replicas=1)
    body["spec"]["template"]["metadata"]["labels"]["tier"] = "web"
    path = apps(space, "replicasets", "a")
    _started(api, space, body)
    api.patch(f"/api/v1/namespaces/{space}/pods/{_names(api, space).pop()}", {"metadata": {"labels": {"tier": None}}}, MERGE)
    api.until(path, lambda answer: status(answer, "replicas", "fullyLabeledReplicas") == (1, 0))


def _names(api: Api, space: str) -> set[str]:
    return {each["metadata"]["name"] for each in pods_of(api, space, "app=a")}
