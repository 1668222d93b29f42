"""The life of pods on simulated nodes, seen through both API servers."""

import time

import pytest

from tests.contract.client import MERGE
from tests.sandbox.nodes.conftest import PREFIX, World, condition, is_ready, named, status, waits

NOTHING = "example.org/other:1"


def test_init_containers_run_one_after_the_other_and_sidecars_stay(world: World) -> None:
    first = [named("one"), named("proxy", restartPolicy="Always"), named("two")]
    notes = {"exit-after-seconds.one": "0.3", "exit-after-seconds.two": "1.2"}
    path = world.create(notes=notes, initContainers=first)
    pod = world.until(path, lambda pod: "running" in status(pod, "two")["state"])
    if "restartPolicy" not in pod["spec"]["initContainers"][1]:
        pytest.skip("an API server before 1.28 knows no sidecars")
    assert status(pod, "one")["state"]["terminated"]["reason"] == "Completed" and status(pod, "proxy")["started"]
    assert waits(pod, "PodInitializing") and pod["status"]["phase"] == "Pending"
    assert condition(pod, "Initialized")["message"] == "containers with incomplete status: [two]"
    pod = world.until(path, is_ready)
    assert "running" in status(pod, "proxy")["state"] and pod["status"]["phase"] == "Running"


def test_an_init_container_that_fails_holds_the_pod_or_ends_it(world: World) -> None:
    notes = {"crash-after-seconds.one": "0.1", "exit-code.one": "4", "back-off-seconds": "1"}
    path = world.create(notes=notes, initContainers=[named("one")])
    pod = world.until(path, lambda pod: waits(pod, "CrashLoopBackOff", "one"))
    assert pod["status"]["phase"] == "Pending" and status(pod, "one")["lastState"]["terminated"]["exitCode"] == 4
    path = world.create("b", notes=notes, initContainers=[named("one")], restartPolicy="Never")
    pod = world.until(path, lambda pod: pod["status"]["phase"] == "Failed")
    assert waits(pod, "PodInitializing") and status(pod, "one")["restartCount"] == 0


def test_containers_of_one_pod_go_their_own_ways(world: World) -> None:
    notes = {"crash-after-seconds.bad": "0.1", "exit-code.bad": "7", "back-off-seconds": "2"}
    path = world.create("a", named("good"), named("bad"), notes=notes)
    pod = world.until(path, lambda pod: waits(pod, "CrashLoopBackOff", "bad"))
    good = status(pod, "good")
    assert good["ready"] and good["restartCount"] == 0 and status(pod, "bad")["lastState"]["terminated"]["exitCode"] == 7
    assert condition(pod, "Ready")["message"] == "containers with unready status: [bad]"
    assert pod["status"]["phase"] == "Running"
    assert world.event("a", "BackOff")["involvedObject"]["fieldPath"] == "spec.containers{bad}"


def test_the_back_off_doubles_and_the_first_restart_is_immediate(world: World) -> None:
    path = world.create(notes={"crash-after-seconds": "0.1", "back-off-seconds": "1"})
    pod = world.until(path, lambda pod: waits(pod, "CrashLoopBackOff"))
    where = f"a_{world.space}({pod['metadata']['uid']})"
    assert status(pod)["state"]["waiting"]["message"] == f"back-off 1s restarting failed container=main pod={where}"
    assert status(pod)["restartCount"] == 1
    pod = world.until(path, lambda pod: waits(pod, "CrashLoopBackOff") and status(pod)["restartCount"] == 2)
    assert status(pod)["state"]["waiting"]["message"].startswith("back-off 2s ")


def test_a_leak_ends_at_the_memory_limit(world: World) -> None:
    notes = {"leak-seconds": "0.3", "back-off-seconds": "2"}
    path = world.create(notes=notes, limits={"memory": "64Mi"})
    pod = world.until(path, lambda pod: waits(pod, "CrashLoopBackOff"))
    ended = status(pod)["lastState"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (137, "OOMKilled")


@pytest.mark.parametrize(
    ("policy", "code", "phase"), [("Never", "0", "Succeeded"), ("Never", "3", "Failed"), ("OnFailure", "0", "Succeeded")]
)
def test_the_phase_follows_from_the_exit_and_the_restart_policy(world: World, policy: str, code: str, phase: str) -> None:
    notes = {"exit-after-seconds": "0.2"} if code == "0" else {"crash-after-seconds": "0.2", "exit-code": code}
    path = world.create(notes=notes, restartPolicy=policy)
    pod = world.until(path, lambda pod: pod["status"]["phase"] in ("Succeeded", "Failed"))
    assert pod["status"]["phase"] == phase and status(pod)["state"]["terminated"]["exitCode"] == int(code)
    assert condition(pod, "Ready")["reason"] == ("PodCompleted" if phase == "Succeeded" else "PodFailed")


def test_a_deadline_ends_a_pod(world: World) -> None:
    path = world.create(activeDeadlineSeconds=3)
    world.until(path, lambda pod: "running" in status(pod)["state"])
    pod = world.until(path, lambda pod: pod["status"]["phase"] == "Failed")
    assert pod["status"]["reason"] == "DeadlineExceeded"
    assert pod["status"]["message"] == "Pod was active on the node longer than the specified deadline"
    assert "terminated" in status(pod)["state"]
    world.event("a", "DeadlineExceeded")


def test_readiness_waits_for_its_probe_and_follows_it(world: World) -> None:
    probe = {"httpGet": {"path": "/", "port": 80}, "initialDelaySeconds": 2, "periodSeconds": 1, "failureThreshold": 1}
    path = world.create("a", named("main", readinessProbe=probe))
    pod = world.until(path, lambda pod: "running" in status(pod)["state"])
    assert status(pod)["started"] and not status(pod)["ready"] and not is_ready(pod)
    ready = world.until(path, is_ready)
    since = condition(ready, "Ready")["lastTransitionTime"]
    world.api.patch(path, {"metadata": {"annotations": {f"{PREFIX}unready-after-seconds": "0"}}}, MERGE)
    pod = world.until(path, lambda pod: not is_ready(pod))
    assert condition(pod, "Ready")["lastTransitionTime"] >= since
    assert condition(pod, "PodScheduled")["lastTransitionTime"] == condition(ready, "PodScheduled")["lastTransitionTime"]
    assert world.event("a", "Unhealthy")["message"] == "Readiness probe failed: HTTP probe failed with statuscode: 503"
    world.api.patch(path, {"metadata": {"annotations": {f"{PREFIX}unready-after-seconds": None}}}, MERGE)
    world.until(path, is_ready)


def test_a_pod_without_a_probe_can_be_unready_for_a_while(world: World) -> None:
    path = world.create(notes={"unready-after-seconds": "1", "unready-for-seconds": "1.5"})
    world.until(path, is_ready)
    pod = world.until(path, lambda pod: not is_ready(pod))
    assert status(pod)["restartCount"] == 0 and "running" in status(pod)["state"]
    world.until(path, is_ready)


@pytest.mark.parametrize("kind", ["liveness", "startup"])
def test_a_container_that_hangs_is_restarted_by_its_probe(world: World, kind: str) -> None:
    probe = {"tcpSocket": {"port": 80}, "periodSeconds": 1, "failureThreshold": 1}
    path = world.create("a", named("main", **{f"{kind}Probe": probe}), notes={"hang-after-seconds": "0"}, terminationGracePeriodSeconds=1)
    pod = world.until(path, lambda pod: status(pod)["lastState"].get("terminated"))
    assert status(pod)["lastState"]["terminated"]["exitCode"] == 137
    assert world.event("a", "Killing")["message"] == f"Container main failed {kind} probe, will be restarted"
    assert world.event("a", "Unhealthy")["message"].startswith(f"{kind.capitalize()} probe failed: ")


def test_a_container_that_hangs_ends_only_with_the_grace_period(world: World) -> None:
    path = world.create(notes={"hang-after-seconds": "0"})
    quick = world.create("quick")
    for each in (path, quick):
        world.until(each, is_ready)
        world.api.delete(each, {"gracePeriodSeconds": 2})
    asked = time.monotonic()
    world.api.until(quick, lambda answer: answer.code == 404)
    assert world.api.get(path).code == 200
    world.api.until(path, lambda answer: answer.code == 404)
    assert time.monotonic() - asked > 1.5


def test_a_shorter_grace_period_is_heeded(world: World) -> None:
    path = world.create(notes={"hang-after-seconds": "0"})
    world.until(path, is_ready)
    world.api.delete(path, {"gracePeriodSeconds": 300})
    world.event("a", "Killing")
    world.api.delete(path, {"gracePeriodSeconds": 1})
    world.api.until(path, lambda answer: answer.code == 404)


@pytest.mark.parametrize(
    ("why", "part"),
    [("not-found", "not found"), ("denied", "pull access denied"), ("unreachable", "lookup registry.example.org: no such host")],
)
def test_an_image_that_cannot_be_pulled_comes_when_it_can(world: World, why: str, part: str) -> None:
    image = f"registry.example.org/team/{why}:2"
    path = world.create("a", named("main", image=image), notes={"pull-error": why, "back-off-seconds": "1"})
    pod = world.until(path, lambda pod: waits(pod, "ErrImagePull"))
    assert part in status(pod)["state"]["waiting"]["message"] and pod["status"]["phase"] == "Pending"
    pod = world.until(path, lambda pod: waits(pod, "ImagePullBackOff"))
    assert status(pod)["state"]["waiting"]["message"].startswith(f'Back-off pulling image "{image}": ErrImagePull: rpc error: code = ')
    assert world.event("a", "Failed", "Failed to pull")["message"].startswith(f'Failed to pull image "{image}": rpc error')
    world.event("a", "BackOff")
    world.api.patch(path, {"metadata": {"annotations": {f"{PREFIX}pull-error": None}}}, MERGE)
    world.until(path, is_ready)
    assert world.event("a", "Pulled")["message"].startswith(f'Successfully pulled image "{image}" in ')


def test_an_image_that_must_not_be_pulled_has_to_be_there(world: World) -> None:
    image = f"example.org/{world.space}:1"
    where = {"kubernetes.io/hostname": "sandbox-cpu-1"}
    path = world.create("a", named("main", image=image, imagePullPolicy="Never"), notes={"back-off-seconds": "1"}, nodeSelector=where)
    pod = world.until(path, lambda pod: waits(pod, "ErrImageNeverPull"))
    assert status(pod)["state"]["waiting"]["message"] == f'Container image "{image}" is not present with pull policy of Never'
    world.until(world.create("b", named("main", image=image), nodeSelector=where), is_ready)
    world.until(path, is_ready)
    assert world.event("a", "Pulled")["message"] == f'Container image "{image}" already present on machine'


@pytest.mark.parametrize(
    ("volume", "message"),
    [
        ({"configMap": {"name": "absent"}}, 'MountVolume.SetUp failed for volume "v" : configmap "absent" not found'),
        ({"secret": {"secretName": "absent"}}, 'MountVolume.SetUp failed for volume "v" : secret "absent" not found'),
    ],
)
def test_a_pod_waits_for_what_it_mounts(world: World, volume: dict[str, dict[str, str]], message: str) -> None:
    path = world.create(volumes=[{"name": "v", **volume}])
    assert world.event("a", "FailedMount")["message"] == message
    world.until(path, lambda pod: waits(pod, "ContainerCreating"))
    plural = "configmaps" if "configMap" in volume else "secrets"
    world.api.post(f"/api/v1/namespaces/{world.space}/{plural}", {"metadata": {"name": "absent"}})
    world.until(path, is_ready)


def test_a_container_waits_for_what_its_environment_takes(world: World) -> None:
    env = [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "absent", "key": "k"}}}]
    path = world.create("a", named("main", env=env))
    pod = world.until(path, lambda pod: waits(pod, "CreateContainerConfigError"))
    assert status(pod)["state"]["waiting"]["message"] == 'configmap "absent" not found'
    maps = f"/api/v1/namespaces/{world.space}/configmaps"
    world.api.post(maps, {"metadata": {"name": "absent"}})
    message = f"couldn't find key k in ConfigMap {world.space}/absent"
    world.until(path, lambda pod: (status(pod)["state"].get("waiting") or {}).get("message") == message)
    world.event("a", "Failed", f"Error: {message}")
    world.api.patch(f"{maps}/absent", {"data": {"k": "v"}}, MERGE)
    world.until(path, is_ready, 30)


def test_a_simulator_that_starts_again_goes_on_where_it_was(world: World) -> None:
    runs, crashes = world.create("runs"), world.create("crashes", notes={"crash-after-seconds": "0.1", "back-off-seconds": "4"})
    done = world.create("done", notes={"exit-after-seconds": "0.1"}, restartPolicy="Never")
    before = world.until(runs, is_ready)
    world.until(crashes, lambda pod: waits(pod, "CrashLoopBackOff"))
    world.until(done, lambda pod: pod["status"]["phase"] == "Succeeded")
    world.simulator.stop()
    world.api.delete(done)
    later = world.create("later", nodeName="sandbox-cpu-1")
    world.simulator.start()
    world.until(later, is_ready, 30)
    assert world.api.get(runs).body["status"] == before["status"]
    world.until(crashes, lambda pod: status(pod)["restartCount"] == 2)
    world.api.until(done, lambda answer: answer.code == 404)
