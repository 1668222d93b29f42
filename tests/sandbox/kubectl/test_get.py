"""kubectl get: tables, choices, orders, watches."""

import re
import subprocess

from tests.sandbox.kubectl.conftest import Kubectl
from tests.sandbox.kubectl.objects import config_map, deployment, pod


def _lines(printed: str) -> list[list[str]]:
    return [line.split() for line in printed.splitlines()]


def test_a_table_of_pods(kubectl: Kubectl) -> None:
    kubectl.apply(pod("a"))
    kubectl("wait", "--for=condition=Ready", "pod/a", "--timeout=30s")
    head, row = _lines(kubectl("get", "pods"))
    assert head == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert row[:4] == ["a", "1/1", "Running", "0"] and re.fullmatch(r"\d+s", row[4])
    wide_head, wide = _lines(kubectl("get", "pods", "-o", "wide"))
    assert wide_head[5:7] == ["IP", "NODE"] and wide[6].startswith("sandbox-") and wide[5].count(".") == 3


def test_several_kinds_at_once(kubectl: Kubectl) -> None:
    kubectl.apply(deployment("web", 0), config_map("c", a="b", d="e"))
    printed = kubectl("get", "deployments,configmaps")
    assert re.search(r"^deployment.apps/web +0/0 +0 +0 +\d+s$", printed, re.MULTILINE)
    assert re.search(r"^configmap/c +2 +\d+s$", printed, re.MULTILINE)
    assert "deployment.apps/web" in kubectl("get", "all")


def test_labels_fields_orders_and_columns(kubectl: Kubectl) -> None:
    for name, team in (("b", "x"), ("a", "x"), ("c", "y")):
        kubectl.apply({**config_map(name), "metadata": {"name": name, "labels": {"team": team}}})
    assert _lines(kubectl("get", "cm", "-l", "team=x", "--no-headers", "-o", "name")) == [["configmap/a"], ["configmap/b"]]
    assert _lines(kubectl("get", "cm", "--field-selector", "metadata.name=c", "-o", "name")) == [["configmap/c"]]
    ordered = kubectl("get", "cm", "-l", "team", "--sort-by=.metadata.labels.team", "--no-headers")
    assert [line[0] for line in _lines(ordered)][-1] == "c" and len(_lines(ordered)) == 3
    columns = kubectl("get", "cm", "-l", "team=y", "-o", "custom-columns=WHO:.metadata.name,TEAM:.metadata.labels.team")
    assert _lines(columns) == [["WHO", "TEAM"], ["c", "y"]]
    head, *_, last = _lines(kubectl("get", "cm", "-L", "team", "-l", "team=y"))
    assert head[-1] == "TEAM" and last[-1] == "y"
    assert _lines(kubectl("get", "cm", "-l", "team=y", "--show-labels"))[-1][-1] == "team=y"
    assert kubectl("get", "cm", "c", "-o", "jsonpath={.metadata.labels.team}") == "y"


def test_a_list_in_pages_is_whole(kubectl: Kubectl) -> None:
    kubectl.apply(*(config_map(f"m{number}") for number in range(5)))
    assert len(re.findall(r"configmap/m", kubectl("get", "cm", "--chunk-size=2", "-o", "name"))) == 5


def test_what_is_missing_is_said(kubectl: Kubectl) -> None:
    assert 'Error from server (NotFound): pods "no" not found' in kubectl.fails("get", "pod", "no")
    assert "the server doesn't have a resource type" in kubectl.fails("get", "nonsense")
    assert "No resources found" in kubectl.run("get", "deployments").stderr


def test_a_watch_prints_changes(kubectl: Kubectl) -> None:
    kubectl.apply(config_map("w", a="1"))
    command = ["kubectl", "-n", kubectl.namespace, "--kubeconfig", str(kubectl.kubeconfig), "get", "cm", "w", "-w", "--output-watch-events"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        assert watching.stdout.readline().split() == ["EVENT", "NAME", "DATA", "AGE"]
        assert watching.stdout.readline().split()[:3] == ["ADDED", "w", "1"]
        kubectl.apply(config_map("w", a="1", b="2"))
        assert watching.stdout.readline().split()[:3] == ["MODIFIED", "w", "2"]
        kubectl("delete", "cm", "w")
        assert watching.stdout.readline().split()[:3] == ["DELETED", "w", "2"]
        watching.terminate()


def test_events_are_listed(kubectl: Kubectl) -> None:
    kubectl.apply(pod("a"))
    kubectl.until(lambda printed: "Started container main" in printed, "events", "--for", "pod/a")
    assert re.search(r"Normal +Started +pod/a +Started container main", kubectl("get", "events"))
