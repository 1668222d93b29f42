"""kubectl apply both ways, diff, edit, kustomize, and its validation."""

import json
import os
from pathlib import Path

import pytest
import yaml

from tests.sandbox.kubectl.conftest import Kubectl
from tests.sandbox.kubectl.objects import config_map, deployment


def test_apply_keeps_what_others_set_and_removes_what_it_set(kubectl: Kubectl) -> None:
    assert kubectl.apply(config_map("a", one="1", two="2")) == "configmap/a created\n"
    assert kubectl.apply(config_map("a", one="1", two="2")) == "configmap/a unchanged\n"
    kubectl("patch", "configmap", "a", "-p", '{"data":{"other":"3"}}')
    assert kubectl.apply(config_map("a", one="9")) == "configmap/a configured\n"
    assert kubectl.json("get", "configmap", "a")["data"] == {"one": "9", "other": "3"}
    assert '"one":"9"' in kubectl("apply", "view-last-applied", "configmap", "a", "-o", "json").replace(" ", "")


def test_apply_prunes_lists_of_containers_by_name(kubectl: Kubectl) -> None:
    wanted = deployment("web", 0)
    containers = wanted["spec"]["template"]["spec"]["containers"]
    containers.append({"name": "side", "image": "example.org/side:1"})
    kubectl.apply(wanted)
    containers.pop()
    containers[0]["image"] = "example.org/app:2"
    kubectl.apply(wanted)
    assert kubectl("get", "deployment", "web", "-o", "jsonpath={..image}") == "example.org/app:2"


def test_server_side_apply_names_conflicts(kubectl: Kubectl) -> None:
    kubectl.apply(config_map("a", one="1"), options=("--server-side", "--field-manager=first"))
    text = yaml.safe_dump(config_map("a", one="2"))
    refused = kubectl.fails("apply", "--server-side", "--field-manager=second", "-f", "-", stdin=text)
    assert 'conflict with "first"' in refused and ".data.one" in refused
    kubectl("apply", "--server-side", "--field-manager=second", "--force-conflicts", "-f", "-", stdin=text)
    assert kubectl.json("get", "configmap", "a")["data"] == {"one": "2"}


def test_server_side_apply_takes_over_from_client_side(kubectl: Kubectl) -> None:
    kubectl.apply(config_map("a", one="1", two="2"))
    assert kubectl.apply(config_map("a", one="5"), options=("--server-side",)) == "configmap/a serverside-applied\n"
    assert kubectl.json("get", "configmap", "a")["data"] == {"one": "5"}
    assert kubectl.apply(config_map("a", two="6")) == "configmap/a configured\n"
    assert kubectl.json("get", "configmap", "a")["data"] == {"two": "6"}


@pytest.mark.parametrize("options", [(), ("--server-side",)])
def test_a_diff_shows_what_would_change(kubectl: Kubectl, options: tuple[str, ...]) -> None:
    kubectl.apply(config_map("a", one="1"), options=options)
    assert kubectl("diff", *options, "-f", "-", stdin=yaml.safe_dump(config_map("a", one="1"))) == ""
    done = kubectl.run("diff", *options, "-f", "-", stdin=yaml.safe_dump(config_map("a", one="2")))
    assert done.returncode == 1 and '-  one: "1"' in done.stdout and '+  one: "2"' in done.stdout
    assert kubectl.json("get", "configmap", "a")["data"] == {"one": "1"}


def test_an_edit_is_written(kubectl: Kubectl, tmp_path: Path) -> None:
    kubectl.apply(config_map("a", one="1"))
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i \'s/one: "1"/one: "7"/\' "$1"\n')
    editor.chmod(0o700)
    assert kubectl.within(EDITOR=str(editor), KUBE_EDITOR=str(editor))("edit", "configmap", "a") == "configmap/a edited\n"
    assert kubectl.json("get", "configmap", "a")["data"] == {"one": "7"}


def test_a_folder_with_a_kustomization_is_applied(kubectl: Kubectl, tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("namePrefix: pre-\nresources: [map.yaml]\nlabels: [{pairs: {team: x}}]\n")
    (tmp_path / "map.yaml").write_text(yaml.safe_dump(config_map("a", one="1")))
    assert kubectl("apply", "-k", os.fspath(tmp_path)) == "configmap/pre-a created\n"
    assert kubectl("delete", "-k", os.fspath(tmp_path)).startswith('configmap "pre-a" deleted')


def test_unknown_fields_are_refused_before_or_by_the_server(kubectl: Kubectl) -> None:
    bad = json.dumps({**config_map("a"), "nonsense": 1})
    assert "nonsense" in kubectl.fails("apply", "--validate=strict", "-f", "-", stdin=bad)
    assert "created" in kubectl("apply", "--validate=false", "-f", "-", stdin=bad)


@pytest.mark.since(25, "it has no field validation")
def test_the_server_names_unknown_fields(kubectl: Kubectl) -> None:
    bad = json.dumps({**config_map("a"), "nonsense": 1})
    assert 'strict decoding error: unknown field "nonsense"' in kubectl.fails("apply", "-f", "-", stdin=bad)
    warned = kubectl.run("apply", "--validate=warn", "-f", "-", stdin=bad)
    assert warned.returncode == 0 and 'Warning: unknown field "nonsense"' in warned.stderr


def test_a_manifest_is_replaced_and_deleted(kubectl: Kubectl) -> None:
    kubectl.apply(config_map("a", one="1"))
    assert kubectl("replace", "-f", "-", stdin=yaml.safe_dump(config_map("a", two="2"))) == "configmap/a replaced\n"
    assert kubectl.json("get", "configmap", "a")["data"] == {"two": "2"}
    assert kubectl("delete", "-f", "-", stdin=yaml.safe_dump(config_map("a"))).startswith('configmap "a" deleted')
