"""Of one pod: the true reason with its numbers, only what was observed of this very pod, and two causes as two explanations."""

import pytest

from clusters.models import Event, Pod, Rank
from diagnosis.chain import SERVICE
from diagnosis.pods import explain_pod
from tests.diagnosis.seen import GIB, container, ended, now, running, see_event, see_pod, unschedulable, waiting

BACK_OFF = "back-off 5m0s restarting failed container=web pod=web-0_vision(1)"
NO_IMAGE = 'Back-off pulling image "registry.example.org/team/web:1"'


def told(pod, evidence, user=None):
    return explain_pod(pod, Event.objects.filter(involved_name=pod.name).order_by("-last_at"), evidence, user)


def codes(pod, evidence):
    return [each.code for each in told(pod, evidence)]


def test_a_crash_loop_tells_the_last_exit_with_its_code_and_how_often(space, evidence):
    pod = see_pod(space, "web-0", waiting("CrashLoopBackOff", BACK_OFF, restarts=7, last=ended(3, message="cannot read settings")))
    [found] = told(pod, evidence)
    assert (found.code, found.tone) == ("exit-error", "bad")
    assert "ended with exit code 3" in found.text and "started again 7 times" in found.text
    assert found.words == "CrashLoopBackOff Error exit code 3: cannot read settings" and found.at


def test_a_crash_loop_whose_last_end_is_not_told_is_one_all_the_same(space, evidence):
    assert codes(see_pod(space, "web-0", waiting("CrashLoopBackOff", BACK_OFF, restarts=7)), evidence) == ["crash-loop"]
    untold = see_pod(space, "web-1", waiting("CrashLoopBackOff", "ModuleNotFoundError: No module named 'lightgbm'", restarts=1))
    Pod.objects.filter(pk=untold.pk).update(container_states=[], labels={SERVICE: "web"})
    [found] = told(Pod.objects.get(pk=untold.pk), evidence)
    assert "lightgbm" in found.text


def test_a_pod_that_is_being_made_is_not_accused(space, evidence):
    pod = see_pod(space, "web-0", waiting("ContainerCreating"), phase="Pending")
    Pod.objects.filter(pk=pod.pk).update(reason="ContainerCreating", container_states=[])
    assert told(Pod.objects.get(pk=pod.pk), evidence) == []


def test_a_container_beyond_its_memory_tells_the_limit(space, evidence):
    spec = {"containers": [container(limits={"memory": "512Mi"})]}
    pod = see_pod(space, "web-0", waiting("CrashLoopBackOff", BACK_OFF, restarts=1, last=ended(137, "OOMKilled")), spec=spec)
    [found] = told(pod, evidence)
    assert found.code == "oom-killed" and "Its limit is 512Mi." in found.text and "1 time." in found.text


def test_a_kill_without_the_word_of_the_kernel_is_not_blamed_on_memory(space, evidence):
    [found] = told(see_pod(space, "web-0", waiting("CrashLoopBackOff", BACK_OFF, last=ended(137))), evidence)
    assert found.code == "exit-killed" and "It is not said that memory was the reason." in found.text


def test_a_container_that_runs_again_and_is_ready_is_not_accused_of_its_past(space, evidence):
    pod = see_pod(space, "web-0", running(restarts=3, last=ended(137, "OOMKilled")))
    assert pod.rank == Rank.RUNNING and told(pod, evidence) == []


def test_a_container_that_runs_again_and_is_not_ready_yet_tells_why_it_was_started_again(space, evidence):
    assert codes(see_pod(space, "web-0", running(ready=False, restarts=3, last=ended(137, "OOMKilled"))), evidence) == ["oom-killed"]


def test_an_image_that_does_not_come_is_named_and_the_event_says_why(space, evidence):
    pod = see_pod(space, "web-0", waiting("ImagePullBackOff", NO_IMAGE), phase="Pending")
    assert codes(pod, evidence) == ["image-pull"]
    see_event(space, "Pod", "web-0", "Failed", 'Failed to pull image "registry.example.org/team/web:1": rpc error: manifest unknown')
    [found] = told(pod, evidence)
    assert found.code == "image-not-found" and "registry.example.org/team/web:1" in found.text


def test_two_containers_with_two_causes_get_two_explanations(space, evidence):
    spec = {"containers": [container("web"), container("side")]}
    statuses = (
        waiting("CrashLoopBackOff", BACK_OFF, last=ended(127)),
        waiting("CreateContainerConfigError", 'secret "keys" not found', name="side"),
    )
    assert codes(see_pod(space, "web-0", *statuses, spec=spec), evidence) == ["exit-not-found", "config-secret-missing"]


def test_a_pod_that_its_node_ended_is_not_also_told_as_a_crash(space, evidence):
    status = {
        "reason": "Evicted",
        "message": "The node was low on resource: memory. Container web was using 2Gi, request is 1Gi, has larger",
    }
    pod = see_pod(space, "web-0", {**waiting("x"), "state": {"terminated": ended(137)}}, phase="Failed", status=status)
    assert codes(pod, evidence) == ["evicted-memory"]


def test_an_event_of_a_pod_that_had_the_name_before_says_nothing_of_this_one(space, evidence):
    see_event(space, "Pod", "web-0", "FailedMount", 'MountVolume.SetUp failed for volume "k" : secret "k" not found', ago=30)
    young = see_pod(space, "web-0", waiting("ContainerCreating"), phase="Pending", creationTimestamp=now(-10))
    assert told(young, evidence) == []
    see_event(space, "Pod", "web-0", "FailedMount", 'MountVolume.SetUp failed for volume "k" : secret "k" not found', ago=1)
    assert codes(young, evidence) == ["mount-secret-missing"]


def test_an_old_event_is_no_cause_any_more(space, evidence):
    pod = see_pod(space, "web-0", waiting("ContainerCreating"), phase="Pending")
    see_event(space, "Pod", "web-0", "FailedMount", 'MountVolume.SetUp failed for volume "k" : secret "k" not found', ago=1200)
    assert told(pod, evidence) == []


def test_what_the_scheduler_says_now_counts_and_not_its_events_before(space, evidence):
    message = "0/2 nodes are available: 2 Insufficient memory. preemption: 0/2 nodes are available."
    see_event(space, "Pod", "web-0", "FailedScheduling", "0/2 nodes are available: 2 Insufficient cpu. preemption: not helpful")
    assert codes(see_pod(space, "web-0", phase="Pending", status=unschedulable(message)), evidence) == ["memory-short"]


def test_a_probe_that_fails_is_told_of_a_pod_that_runs(space, evidence):
    pod = see_pod(space, "web-0", running(ready=False))
    see_event(space, "Pod", "web-0", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")
    [found] = told(pod, evidence)
    assert found.code == "probe-readiness" and "status 503" in found.text


def test_an_unknown_reason_is_told_in_the_clusters_own_words_alone(space, evidence):
    [found] = told(see_pod(space, "web-0", waiting("MoonPhase", "the moon is not full"), phase="Pending"), evidence)
    assert (found.code, found.words, found.solutions) == ("unknown", "MoonPhase: the moon is not full", ())


@pytest.mark.parametrize("phase", ["Running", "Succeeded"])
def test_a_pod_that_runs_well_or_has_ended_well_needs_no_explanation(space, evidence, phase):
    assert told(see_pod(space, "web-0", running(), phase=phase), evidence) == []


def test_a_model_that_is_not_where_it_should_be_is_told_by_the_last_words_of_its_initializer(space, evidence):
    words = "Traceback ...\nRuntimeError: Failed to fetch model. No model found in s3://models/defects/7."
    status = {"initContainerStatuses": [waiting("CrashLoopBackOff", name="storage-initializer", last=ended(1, message=words))]}
    spec = {"initContainers": [container("storage-initializer", "kserve/storage-initializer:v0.15.0")]}
    labels = {"serving.kserve.io/inferenceservice": "detector"}
    pod = see_pod(space, "d-0", waiting("PodInitializing"), phase="Pending", spec=spec, status=status, labels=labels)
    [found] = told(pod, evidence)
    assert found.code == "model-not-found" and "s3://models/defects/7" in found.text


def test_words_of_a_store_are_not_guessed_of_a_program_that_serves_no_model(space, evidence):
    pod = see_pod(space, "web-0", waiting("CrashLoopBackOff", BACK_OFF, last=ended(1, message="403 Client Error: Forbidden for url")))
    assert codes(pod, evidence) == ["exit-error"]


def test_memory_is_told_as_people_read_it_whatever_the_limit(space, evidence):
    spec = {"containers": [container(limits={"memory": str(3 * GIB)})]}
    pod = see_pod(space, "web-0", waiting("CrashLoopBackOff", BACK_OFF, last=ended(137, "OOMKilled")), spec=spec)
    assert "Its limit is 3Gi." in told(pod, evidence)[0].text


def test_what_a_pod_waits_for_comes_before_the_nodes_that_are_not_for_it(space, evidence):
    away = "1 node(s) had untolerated taint {a: b}, 2 Insufficient nvidia.com/gpu, 3 node(s) didn't match Pod's node affinity/selector."
    pod = see_pod(space, "web-0", phase="Pending", status=unschedulable(f"0/6 nodes are available: {away}"))
    assert codes(pod, evidence) == ["gpu-short", "node-selector", "node-reserved"]
