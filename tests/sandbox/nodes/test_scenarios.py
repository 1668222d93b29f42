"""Scenarios: what annotations and a file ask for, the errors of the file, and nodes that go away."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.nodes.backoff import BackOff
from sandbox.nodes.curve import parse_curve
from sandbox.nodes.images import is_valid, pull_failure
from sandbox.nodes.runtime import Exit
from sandbox.nodes.scenario import parse_scenario
from sandbox.nodes.scenario_file import read_scenarios
from sandbox.nodes.scenarios import Scenarios
from sandbox.nodes.simulated_output import consumption, log_lines
from tests.contract.objects import pod
from tests.sandbox.nodes.conftest import PREFIX, World, condition, is_ready, status, takes_pods, waits

NODE = "/api/v1/nodes/sandbox-shared-1"


def _file(folder: Path, text: str) -> Scenarios:
    path = folder / "scenarios.yaml"
    path.write_text(text)
    return Scenarios(*read_scenarios(path))


def _pod(namespace: str = "a", annotations: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    made = pod(**more)
    made["metadata"] |= {"namespace": namespace, "labels": {"app": "web"}}
    made["metadata"]["annotations"] = {PREFIX + key: value for key, value in (annotations or {}).items()}
    return made


def test_a_rule_holds_for_the_pods_that_it_selects(tmp_path: Path) -> None:
    text = """
    scenarios:
    - pods: {namespace: "team-*", labels: {app: web}, image: "example.org/*"}
      crash-after-seconds: 5
    - pods: {namespace: team-b}
      container: main
      crash-after-seconds: 9
    """
    scenarios = _file(tmp_path, text)
    assert scenarios.of(_pod("a"), "main").crash_after_seconds is None
    assert scenarios.of(_pod("team-a"), "main").crash_after_seconds == 5
    assert scenarios.of(_pod("team-b"), "main").crash_after_seconds == 9
    assert scenarios.of(_pod("team-b", {"crash-after-seconds.main": "2"}), "main").crash_after_seconds == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "write a list under the one key `scenarios`"),
        ("scenarios: [", "scenarios.yaml: while parsing"),
        ("scenarios: [{crash-after-seconds: 1}]", "scenario 1: it needs either `pods` or `nodes`"),
        ("scenarios: [{pods: {}}]", "scenario 1: it asks for nothing"),
        ("scenarios: [{pods: {}, exit-after-seconds: 1}, {pods: {}, crash: 1}]", "scenario 2: crash is not known for pods"),
        ("scenarios: [{pods: {}, crash-after-seconds: soon}]", "scenario 1: crash-after-seconds: `soon` is no number of seconds"),
        ("scenarios: [{pods: {team: a}, leak-seconds: 1}]", "scenario 1: pods cannot be selected by team"),
        ("scenarios: [{nodes: {}, away-after-seconds: -1}]", "scenario 1: away-after-seconds: `-1` is no number of seconds"),
        ("scenarios: [{pods: {}, pull-error: never}]", "scenario 1: pull-error: `never` is none of not-found, denied, unreachable"),
    ],
)
def test_what_is_wrong_in_a_file_is_said(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ValueError) as error:
        _file(tmp_path, text)
    assert words in str(error.value)


def test_annotations_that_cannot_be_read_count_as_absent() -> None:
    scenario, problems = parse_scenario({"crash-after-seconds": "nan", "exit-code": "300", "leak-seconds": "2", "unknown": "1"})
    assert scenario.end(has_memory_limit=True) == (2.0, Exit(137, "OOMKilled")) and scenario.end(has_memory_limit=False) is None
    assert len(problems) == 3


def test_the_first_end_wins() -> None:
    scenario, _ = parse_scenario({"crash-after-seconds": "3", "exit-after-seconds": "2", "exit-code": "9"})
    assert scenario.end(has_memory_limit=False) == (2.0, Exit(0))


def test_the_pause_doubles_to_five_minutes_and_is_forgotten_after_ten() -> None:
    back_off, at, pauses = BackOff(), 1000.0, []
    for _ in range(8):
        pauses.append(back_off.pause(at))
        at += pauses[-1]
        back_off.grow(10, at)
    assert pauses == [0, 10, 20, 40, 80, 160, 300, 300]
    assert back_off.pause(at + 599) == 300 and back_off.pause(at + 601) == 0
    resumed = BackOff()
    resumed.restore(10, 3, at)
    assert resumed.pause(at + 1) == 40


def test_use_follows_the_curve_and_the_leak() -> None:
    container = {"name": "main", "resources": {"limits": {"memory": "100Mi", "cpu": "2"}}}
    scenario, problems = parse_scenario({"cpu": "10=1 0=500m 20=9", "memory": "50Mi", "leak-seconds": "10"})
    assert not problems
    assert [consumption(container, scenario, age).cpu for age in (0, 5, 10, 20)] == [0.5, 0.75, 1, 2]
    assert [consumption(container, scenario, age).memory // 2**20 for age in (0, 5, 10, 30)] == [50, 75, 100, 100]
    with pytest.raises(ValueError, match="60=fast"):
        parse_curve("60=fast")


def test_logs_follow_from_the_times_alone() -> None:
    scenario, _ = parse_scenario({"log-every-seconds": "10", "hang-after-seconds": "25"})
    ended = {"finishedAt": "2026-01-01T00:01:00Z", "exitCode": 3, "reason": "Error"}
    started = 1767225600.0
    lines = log_lines("main", "example.org/app:1", 2, scenario, started, ended)
    assert [line.at - started for line in lines] == [0, 10, 20, 60]
    assert "attempt 3" in lines[0].text and "exit code 3" in lines[-1].text
    killed = log_lines("main", "example.org/app:1", 2, scenario, started, {**ended, "exitCode": 137})
    assert killed[-1].at - started == 20


def test_image_names_and_what_registries_say() -> None:
    assert is_valid("nginx") and is_valid("registry.example.org:5000/a/b:1.2") and is_valid(f"a/b@sha256:{'0' * 64}")
    assert not is_valid("a/UPPER") and not is_valid("a b") and not is_valid("")
    assert 'image "docker.io/library/nginx:latest"' in pull_failure("nginx", "not-found")
    request = 'Head "https://reg.example.org/v2/a/manifests/1": dial tcp: lookup reg.example.org: no such host'
    assert request in pull_failure("reg.example.org/a:1", "unreachable")


def test_a_file_that_changes_takes_effect_and_one_that_is_wrong_does_not(world: World) -> None:
    path = world.create(labels={"app": world.space})
    world.until(path, is_ready)
    selector = f"{{namespace: {world.space}, labels: {{app: {world.space}}}}}"
    file = world.simulator.scenarios
    try:
        file.write_text(f"scenarios:\n- pods: {selector}\n  crash-after-seconds: 0.5\n  exit-code: 6\n  back-off-seconds: 2\n")
        pod_ = world.until(path, lambda pod: waits(pod, "CrashLoopBackOff"))
        assert status(pod_)["lastState"]["terminated"]["exitCode"] == 6
        file.write_text(f"scenarios:\n- pods: {selector}\n  crash-after-seconds: soon\n")
        world.api.until("/version", lambda _: "`soon` is no number of seconds" in world.simulator.log.read_text())
        restarts = status(world.api.get(path).body)["restartCount"]
        world.until(path, lambda pod: status(pod)["restartCount"] > restarts, 20)
    finally:
        file.write_text("scenarios: []\n")


def test_a_node_goes_away_and_comes_back_with_its_pods(world: World) -> None:
    away = f"{PREFIX}away-after-seconds"
    path = world.create(nodeSelector={"sandbox.slipway.dev/pool": "shared"})
    before = world.until(path, is_ready)
    world.api.patch(NODE, {"metadata": {"annotations": {away: "0"}}})
    try:
        # The annotation takes effect before the node hears of the pod's deletion.
        silent = world.create("b", nodeName="sandbox-shared-1")
        world.until(NODE, lambda node: condition(node, "Ready")["status"] == "Unknown", 90)
        pod_ = world.until(path, lambda pod: not is_ready(pod))
        assert status(pod_)["restartCount"] == 0
        assert not (world.api.get(silent).body["status"].get("containerStatuses"))
    finally:
        world.api.patch(NODE, {"metadata": {"annotations": {away: None}}})
    world.until(NODE, takes_pods, 30)
    after = world.until(path, is_ready, 30)
    world.until(silent, is_ready, 30)
    assert status(after)["containerID"] == status(before)["containerID"]


def _simulate(world: World, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", "simulate", "--kubeconfig", str(world.simulator.kubeconfig), "--serving", "off", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_a_second_simulator_with_one_kubeconfig_is_refused(world: World) -> None:
    second = _simulate(world)
    assert (second.returncode, second.stderr.splitlines()[-1]) == (
        1,
        "sandbox: another simulator runs with this kubeconfig: stop it first",
    )


def test_a_mistake_in_the_scenarios_is_one_line(world: World, tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text('scenarios:\n- pods: {name: "zz*"}\n  crash-after: 3\n')
    refused = _simulate(world, "--scenarios", str(tmp_path / "wrong.yaml"))
    (line,) = refused.stderr.splitlines()
    assert refused.returncode == 1 and "crash-after" in line and line.startswith("sandbox: ")
