"""Deployments: what a rollout does step by step, and what it says of itself."""

import time
from typing import Any

import pytest

from sandbox.controllers.pod_state import is_active, is_ready
from tests.contract.client import Answer, Api
from tests.contract.objects import container, deployment
from tests.sandbox.controllers.conftest import Kubectl
from tests.sandbox.controllers.seen import NOTE, Object, apps, condition, events_of, pods_of, status

COUNTS = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas")
REVISION = "deployment.kubernetes.io/revision"


def _deploy(api: Api, space: str, replicas: int = 2, **spec: Any) -> Object:
    """Create a Deployment and wait until its rollout is complete."""
    assert api.post(apps(space, "deployments"), deployment("a", container(), replicas=replicas, **spec)).code == 201
    return _complete(api, space, replicas)


def _complete(api: Api, space: str, replicas: int, seconds: float = 30) -> Object:
    def holds(answer: Answer) -> bool:
        seen = answer.body.get("status", {}).get("observedGeneration") == answer.body["metadata"]["generation"]
        return seen and status(answer, *COUNTS) == (replicas, replicas, replicas, replicas, 0)

    return api.until(apps(space, "deployments", "a"), holds, seconds).body


def _image(image: str, **annotations: str) -> Object:
    template: Object = {"spec": {"containers": [container(image=image)]}}
    if annotations:
        template["metadata"] = {"annotations": {f"{NOTE}{key.replace('_', '-')}": value for key, value in annotations.items()}}
    return {"spec": {"template": template}}


def _sets(api: Api, space: str) -> list[Object]:
    """ReplicaSets, oldest revision first."""
    items = api.get(apps(space, "replicasets")).body["items"]
    return sorted(items, key=lambda item: int(item["metadata"]["annotations"][REVISION]))


def _sizes(api: Api, space: str) -> list[int]:
    return [item["spec"]["replicas"] for item in _sets(api, space)]


def test_it_makes_a_replica_set_of_its_template(api: Api, space: str) -> None:
    item = _deploy(api, space, replicas=2)
    (made,) = _sets(api, space)
    suffix = made["metadata"]["labels"]["pod-template-hash"]
    assert made["metadata"]["name"] == f"a-{suffix}" and made["spec"]["selector"]["matchLabels"] == {
        "app": "a",
        "pod-template-hash": suffix,
    }
    assert made["spec"]["template"]["metadata"]["labels"]["pod-template-hash"] == suffix
    assert made["metadata"]["ownerReferences"][0]["uid"] == item["metadata"]["uid"]
    notes = made["metadata"]["annotations"]
    assert item["metadata"]["annotations"][REVISION] == notes[REVISION] == "1"
    assert notes["deployment.kubernetes.io/desired-replicas"] == "2" and notes["deployment.kubernetes.io/max-replicas"] == "3"
    api.until("/version", lambda _: ("ScalingReplicaSet", f"Scaled up replica set a-{suffix} from 0 to 2") in events_of(api, space, "a"))


def test_a_complete_rollout_says_so(api: Api, space: str) -> None:
    _deploy(api, space, replicas=1)
    path, (made,) = apps(space, "deployments", "a"), _sets(api, space)
    done = api.until(path, lambda answer: condition(answer, "Progressing").get("reason") == "NewReplicaSetAvailable")
    progressing, available = condition(done, "Progressing"), condition(done, "Available")
    assert progressing["message"] == f'ReplicaSet "{made["metadata"]["name"]}" has successfully progressed.'
    assert (progressing["status"], available["status"], available["reason"]) == ("True", "True", "MinimumReplicasAvailable")
    assert available["message"] == "Deployment has minimum availability."


@pytest.mark.parametrize(("surge", "unavailable", "most", "least"), [("25%", "25%", 5, 3), (0, 1, 4, 3), (1, 0, 5, 4), ("50%", 0, 6, 4)])
def test_a_rolling_update_stays_within_its_bounds(
    api: Api, space: str, surge: int | str, unavailable: int | str, most: int, least: int
) -> None:
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}
    _deploy(api, space, replicas=4, strategy=rolling)
    api.patch(apps(space, "deployments", "a"), _image("example.org/app:2"))
    end, numbers, available = time.monotonic() + 40, set(), set()
    while _sizes(api, space) != [0, 4]:
        numbers.add(sum(_sizes(api, space)))
        # One list is one moment, which the counts of several statuses are not.
        available.add(sum(is_active(each) and is_ready(each) for each in pods_of(api, space, "app=a")))
        assert time.monotonic() < end
    assert max(numbers) <= most and min(available) >= least
    _complete(api, space, 4)
    assert {each["spec"]["containers"][0]["image"] for each in pods_of(api, space, "app=a")} == {"example.org/app:2"}


def test_recreate_waits_until_the_old_pods_are_gone(api: Api, space: str) -> None:
    body = deployment("a", container(), replicas=2, strategy={"type": "Recreate"})
    body["spec"]["template"]["metadata"]["annotations"] = {f"{NOTE}stop-seconds": "1"}
    api.post(apps(space, "deployments"), body)
    _complete(api, space, 2)
    api.patch(apps(space, "deployments", "a"), _image("example.org/app:2"))
    path = f"/api/v1/namespaces/{space}/pods"

    def images(answer: Answer) -> set[str]:
        return {item["spec"]["containers"][0]["image"] for item in answer.body["items"]}

    seen: list[set[str]] = []
    api.until(path, lambda answer: seen.append(images(answer)) or images(answer) == {"example.org/app:2"}, 20)
    assert {"example.org/app:1", "example.org/app:2"} not in seen
    _complete(api, space, 2)


def test_a_broken_template_stops_the_rollout_and_its_deadline_says_so(api: Api, space: str) -> None:
    _deploy(api, space, replicas=2, progressDeadlineSeconds=3)
    api.patch(apps(space, "deployments", "a"), _image("example.org/app:2", start_seconds="600"))
    path = apps(space, "deployments", "a")
    late = api.until(path, lambda answer: condition(answer, "Progressing").get("reason") == "ProgressDeadlineExceeded", 20)
    stuck = condition(late, "Progressing")
    assert (
        stuck["status"] == "False"
        and stuck["message"].startswith('ReplicaSet "a-')
        and stuck["message"].endswith("has timed out progressing.")
    )
    assert _sizes(api, space) == [2, 1] and condition(late, "Available")["status"] == "True"


def test_a_rollout_that_is_undone_takes_the_old_replica_set_up_again(api: Api, space: str, kubectl: Kubectl) -> None:
    _deploy(api, space, replicas=1)
    (first,) = _sets(api, space)
    api.patch(apps(space, "deployments", "a"), _image("example.org/app:2"))
    _complete(api, space, 1)
    assert kubectl("rollout", "undo", "deployment/a") == "deployment.apps/a rolled back\n"
    _complete(api, space, 1)
    sets = _sets(api, space)
    assert [item["metadata"]["annotations"][REVISION] for item in sets] == ["2", "3"]
    assert sets[1]["metadata"]["uid"] == first["metadata"]["uid"] and _sizes(api, space) == [0, 1]
    assert sets[1]["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"


def test_kubectl_follows_a_rollout_to_its_end(api: Api, space: str, kubectl: Kubectl) -> None:
    _deploy(api, space, replicas=2)
    kubectl("set", "image", "deployment/a", "main=example.org/app:2")
    assert 'deployment "a" successfully rolled out' in kubectl("rollout", "status", "deployment/a", "--timeout=30s")
    assert _sizes(api, space) == [0, 2]


def test_old_revisions_are_forgotten_beyond_the_limit(api: Api, space: str) -> None:
    _deploy(api, space, replicas=1, revisionHistoryLimit=1)
    for number in (2, 3):
        api.patch(apps(space, "deployments", "a"), _image(f"example.org/app:{number}"))
        _complete(api, space, 1)
    api.until("/version", lambda _: [each["metadata"]["annotations"][REVISION] for each in _sets(api, space)] == ["2", "3"])


def test_a_paused_deployment_grows_but_does_not_roll(api: Api, space: str) -> None:
    _deploy(api, space, replicas=1)
    path = apps(space, "deployments", "a")
    api.patch(path, {"spec": {"paused": True}})
    api.until(path, lambda answer: condition(answer, "Progressing").get("reason") == "DeploymentPaused")
    api.patch(path, {"spec": {"replicas": 2, **_image("example.org/app:2")["spec"]}})
    api.until(path, lambda answer: status(answer, "replicas", "updatedReplicas", "availableReplicas") == (2, 0, 2), 20)
    assert _sizes(api, space) == [2]
    api.patch(path, {"spec": {"paused": None}})
    _complete(api, space, 2)
    assert _sizes(api, space) == [0, 2]


def test_scaling_in_the_middle_of_a_rollout_keeps_the_shares(api: Api, space: str) -> None:
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 3, "maxUnavailable": 2}}
    _deploy(api, space, replicas=10, strategy=rolling)
    api.patch(apps(space, "deployments", "a"), _image("example.org/app:2", start_seconds="600"))
    api.until("/version", lambda _: _sizes(api, space) == [8, 5])
    api.patch(apps(space, "deployments", "a"), {"spec": {"replicas": 15}})
    api.until("/version", lambda _: _sizes(api, space) == [11, 7])


def test_kubectl_scales(api: Api, space: str, kubectl: Kubectl) -> None:
    _deploy(api, space, replicas=1)
    assert kubectl("scale", "deployment/a", "--replicas=3", "--current-replicas=1") == "deployment.apps/a scaled\n"
    _complete(api, space, 3)
    (made,) = _sets(api, space)
    assert ("ScalingReplicaSet", f"Scaled up replica set {made['metadata']['name']} from 1 to 3") in events_of(api, space, "a")
