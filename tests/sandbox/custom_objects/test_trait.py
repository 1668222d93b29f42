"""Which API servers get help with their custom objects, and what they are asked to tell of."""

from pathlib import Path

import pytest
import yaml

from sandbox.custom_objects.guard import audit_policy
from sandbox.custom_objects.trait import dies_of_custom_objects


@pytest.mark.parametrize(("flags", "minor", "expected"), [(2, 20, True), (2, 22, True), (0, 20, False), (2, 23, False), (2, 36, False)])
def test_only_old_servers_built_with_a_newer_go_die_of_custom_objects(tmp_path: Path, flags: int, minor: int, expected: bool) -> None:
    program = tmp_path / "kube-apiserver"
    program.write_bytes(b"\x7fELF" + bytes(60) + b"\xff Go buildinf:" + bytes([8, flags]) + b"\x08go1.19.8")
    assert dies_of_custom_objects(program, minor) is expected


def test_a_program_that_says_nothing_of_its_build_is_left_alone(tmp_path: Path) -> None:
    program = tmp_path / "kube-apiserver"
    program.write_bytes(b"#!/bin/sh\n")
    assert not dies_of_custom_objects(program, 20)


def test_the_server_tells_of_every_request_for_what_is_not_built_in() -> None:
    policy = yaml.safe_load(audit_policy())
    *silent, last = policy["rules"]
    assert last == {"level": "Metadata"} and all(rule["level"] == "None" for rule in silent)
    groups = {each["group"] for rule in silent for each in rule.get("resources", [])}
    assert {"", "apps", "rbac.authorization.k8s.io"} <= groups and "serving.kserve.io" not in groups
    assert "RequestReceived" not in policy["omitStages"]
