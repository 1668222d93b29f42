"""What is read from live objects: who wrote them, whether they work, what a pod wants and suffers."""

import copy
from typing import Any

import pytest

from kube.access import can_i, request_token
from kube.apply import apply_object
from kube.connect import Api, connect
from kube.errors import ApiError, UnknownKind
from kube.health import health
from kube.inventory import Ref, find, planned_entry, union, unwanted
from kube.kinds import collection_path, path_of, writable
from kube.managers import last_foreign
from kube.pods import summarise
from tests.kube import manifests
from tests.kube.conftest import CLAIM
from tests.kube.hands import edit, settled


def test_the_hand_that_wrote_last_is_named(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    apply_object(api, manifest, claim=CLAIM, fresh=True)
    assert last_foreign(settled(api, manifest)) is None, "neither we nor the quota controller are a hand"
    edited = edit(api, manifest, [{"op": "add", "path": "/spec/hard/requests.nvidia.com~1gpu", "value": "8"}], manager="eve")
    found = last_foreign(edited)
    assert found is not None
    assert (found["manager"], found["operation"], found["fields"]) == ("eve", "Update", ["spec.hard.requests.nvidia.com/gpu"])
    assert found["at"].endswith("Z")


def test_the_newest_of_several_hands_is_named() -> None:
    def entry(manager: str, time: str, fields: dict[str, Any], **more: str) -> dict[str, Any]:
        return {"manager": manager, "operation": "Update", "time": time, "fieldsV1": fields, **more}

    spec: dict[str, Any] = {"f:spec": {"f:rules": {'k:{"port":80}': {".": {}, "f:port": {}}}}}
    fields = [
        entry("new", "2026-01-02T00:00:00Z", spec),
        entry("old", "2026-01-01T00:00:00Z", spec),
        entry("slipway", "2026-01-09T00:00:00Z", spec),
        entry("status", "2026-01-08T00:00:00Z", spec, subresource="status"),
        entry("kcm", "2026-01-07T00:00:00Z", {"f:status": {}}),
    ]
    found = last_foreign({"metadata": {"managedFields": fields}})
    assert found == {"manager": "new", "operation": "Update", "at": "2026-01-02T00:00:00Z", "fields": ['spec.rules[{"port":80}].port']}


POD: dict[str, Any] = {
    "metadata": {"name": "p", "namespace": "a", "uid": "u"},
    "spec": {
        "nodeName": "n1",
        "containers": [
            {"name": "a", "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"nvidia.com/gpu": "2"}}},
            {"name": "b", "resources": {"requests": {"cpu": "1"}}},
        ],
        "initContainers": [{"name": "i", "resources": {"requests": {"cpu": "4", "memory": "1Mi"}}}],
    },
    "status": {
        "phase": "Running",
        "startTime": "2026-01-01T00:00:00Z",
        "containerStatuses": [
            {"name": "a", "ready": True, "restartCount": 2, "state": {"running": {}}},
            {
                "name": "b",
                "ready": False,
                "restartCount": 5,
                "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off \x1b[1m5m"}},
            },
        ],
    },
}


def test_a_pod_tells_what_it_wants_and_why_it_does_not_run() -> None:
    assert summarise(POD) == {
        "name": "p",
        "namespace": "a",
        "uid": "u",
        "phase": "Running",
        "reason": "CrashLoopBackOff",
        "message": "back-off 5m",
        "ready": "1/2",
        "restarts": 7,
        "last_exit": {},
        "node": "n1",
        "requests": {"cpu": 4000, "memory": 1 << 30, "nvidia.com/gpu": 2},
        "started_at": "2026-01-01T00:00:00Z",
        "terminating": False,
    }


UNSCHEDULABLE = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ({"phase": "Pending", "conditions": [UNSCHEDULABLE]}, "Unschedulable"),
        ({"phase": "Pending", "containerStatuses": [{"state": {"waiting": {"reason": "ContainerCreating"}}}]}, ""),
        ({"phase": "Pending", "initContainerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff"}}}]}, "Init:ImagePullBackOff"),
        ({"phase": "Failed", "reason": "Evicted"}, "Evicted"),
        ({"phase": "Failed", "containerStatuses": [{"state": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}]}, "OOMKilled"),
        ({"phase": "Failed", "containerStatuses": [{"state": {"terminated": {"exitCode": 3}}}]}, "ExitCode:3"),
        ({"phase": "Succeeded", "containerStatuses": [{"state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}]}, ""),
        ({}, ""),
    ],
)
def test_the_reason_of_a_pod(status: dict[str, Any], reason: str) -> None:
    assert summarise({**POD, "status": status})["reason"] == reason


def ended(code: int, at: str, **more: Any) -> dict[str, Any]:
    return {"terminated": {"exitCode": code, "finishedAt": at, **more}}


KILLED = {"name": "server", "restartCount": 1, "state": {"running": {}}, "lastState": ended(137, "2026-01-01T00:02:00Z", message="loaded")}
FETCHING = {"name": "fetch", "restartCount": 3, "state": ended(1, "2026-01-01T00:01:00Z", reason="Error", message="no \x1b[1msuch file")}
FETCHED = {"name": "fetch", "restartCount": 0, "state": ended(0, "2026-01-01T00:03:00Z", reason="Completed")}


def test_a_container_that_runs_again_tells_how_it_ended_before() -> None:
    status = {"phase": "Running", "containerStatuses": [KILLED], "initContainerStatuses": [FETCHED]}
    told = summarise({**POD, "status": status})["last_exit"]
    assert told == {"container": "server", "exit_code": 137, "reason": "", "message": "loaded", "ended_at": "2026-01-01T00:02:00Z"}


def test_a_step_before_the_start_counts_until_the_start() -> None:
    found = summarise({**POD, "status": {"phase": "Pending", "initContainerStatuses": [FETCHING]}})
    assert found["restarts"] == 3
    assert (found["last_exit"]["container"], found["last_exit"]["message"]) == ("fetch", "no such file")
    assert summarise({**POD, "status": {"phase": "Running", "initContainerStatuses": [FETCHING]}})["restarts"] == 0


def test_a_pod_that_is_going_says_so() -> None:
    going = copy.deepcopy(POD)
    going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert summarise(going)["reason"] == "Terminating"


def ready(status: str) -> dict[str, Any]:
    return {"conditions": [{"type": "Ready", "status": status, "reason": "Why", "message": "so"}]}


@pytest.mark.parametrize(
    ("live", "state"),
    [
        ({"kind": "Namespace", "status": {"phase": "Active"}}, "ok"),
        ({"kind": "Namespace", "status": {"phase": "Terminating"}}, "progressing"),
        ({"kind": "ResourceQuota", "spec": {"hard": {"cpu": "1"}}, "status": {}}, "progressing"),
        ({"kind": "ResourceQuota", "spec": {"hard": {"cpu": "1"}}, "status": {"hard": {"cpu": "1"}}}, "ok"),
        ({"kind": "RoleBinding"}, "ok"),
        ({"kind": "X", "status": ready("True")}, "ok"),
        ({"kind": "X", "status": ready("False")}, "failed"),
        ({"kind": "X", "status": ready("Unknown")}, "progressing"),
        ({"kind": "X", "metadata": {"generation": 2}, "status": {"observedGeneration": 1, **ready("True")}}, "progressing"),
        ({"kind": "X", "metadata": {"deletionTimestamp": "now", "finalizers": ["f"]}}, "progressing"),
    ],
)
def test_health(live: dict[str, Any], state: str) -> None:
    assert health(live)[0] == state


def test_a_token_of_a_service_account_opens_what_it_may_and_no_more(api: Api, kubeconfig: dict, namespace: str) -> None:
    for manifest in (manifests.service_account(namespace), manifests.role_binding(namespace)):
        assert apply_object(api, manifest, claim=CLAIM, fresh=True).confirmed
    token = request_token(api, namespace, "robot", 600)
    config = copy.deepcopy(kubeconfig)
    config["users"][0]["user"] = {"token": token.token}
    robot = connect(config)
    assert can_i(robot, "list", "pods", namespace=namespace)
    assert not can_i(robot, "list", "pods")
    assert not can_i(robot, "update", "resourcequotas", namespace=namespace)
    assert can_i(api, "create", "rolebindings", group="rbac.authorization.k8s.io")
    assert robot.request("GET", collection_path("v1", "Pod", namespace))["items"] == []
    with pytest.raises(ApiError):
        request_token(api, namespace, "nobody", 600)


def test_an_inventory_keeps_the_old_and_adds_the_planned() -> None:
    old, gone = {**planned_entry(manifests.quota("a")), "uid": "u"}, planned_entry(manifests.role_binding("a"))
    planned = manifests.closed_kinds("a")[:2]
    entries = union([old, gone], planned)
    assert [entry["kind"] for entry in entries] == ["ResourceQuota", "RoleBinding", "LimitRange"]
    assert entries[0]["uid"] == "u"
    assert [entry["kind"] for entry in unwanted(entries, planned)] == ["RoleBinding"]
    assert find(entries, planned[0]) == old and find(entries, manifests.default_deny("a")) is None


def test_paths() -> None:
    assert path_of(Ref("v1", "Namespace", None, "a")) == "/api/v1/namespaces/a"
    rbac = "rbac.authorization.k8s.io/v1"
    assert path_of(Ref(rbac, "RoleBinding", "a", "x:y")) == f"/apis/{rbac}/namespaces/a/rolebindings/x:y"
    assert path_of(Ref("v1", "ResourceQuota", "a", "../../b?c")) == "/api/v1/namespaces/a/resourcequotas/..%2F..%2Fb%3Fc"
    for namespace, name in ((None, "x"), ("a", "")):
        with pytest.raises(ValueError, match="needs a name"):
            path_of(Ref("v1", "ResourceQuota", namespace, name))
    with pytest.raises(UnknownKind, match="only read"):
        writable("v1", "Pod")
    with pytest.raises(UnknownKind, match="not a kind"):
        writable("v1", "Secret")


def serving(ready: str, *more: tuple[str, str, str], **status: Any) -> dict[str, Any]:
    """An InferenceService with these conditions: (type, status, reason)."""
    conditions = [{"type": kind, "status": value, "reason": reason, "message": f"{reason} it says"} for kind, value, reason in more]
    return {
        "kind": "InferenceService",
        "metadata": {"generation": 2},
        "status": {"observedGeneration": 2, "conditions": [{"type": "Ready", "status": ready}, *conditions], **status},
    }


LOADING = {"modelStatus": {"transitionStatus": "InProgress", "lastFailureInfo": {"reason": "ModelLoadFailed", "message": "old"}}}
BROKEN = {
    "modelStatus": {"transitionStatus": "BlockedByFailedLoad", "lastFailureInfo": {"reason": "ModelLoadFailed", "message": "Trace\x1b[31m"}}
}


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        (serving("True"), ("ok", "", "")),
        (serving("False", ("PredictorReady", "False", "MinimumReplicasUnavailable")), ("progressing", "MinimumReplicasUnavailable")),
        (serving("False", ("PredictorReady", "False", "ProgressDeadlineExceeded")), ("failed", "ProgressDeadlineExceeded")),
        (serving("Unknown", **LOADING), ("progressing", "NotReady")),
        (serving("False", **BROKEN), ("failed", "ModelLoadFailed", "Trace")),
        (serving("True", **BROKEN), ("failed", "ModelLoadFailed", "Trace")),
        (serving("False", modelStatus={"transitionStatus": "InvalidSpec"}), ("failed", "InvalidSpec", "")),
        (serving("False", ("Stopped", "True", "Stopped")), ("ok", "Stopped", "Stopped it says")),
        ({"kind": "InferenceService", "metadata": {"generation": 1}}, ("progressing", "NotObserved")),
        ({**serving("True"), "metadata": {"generation": 3}}, ("progressing", "NotObserved")),
    ],
)
def test_an_inference_service_is_judged_in_its_own_words(live: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert health(live)[: len(expected)] == expected
