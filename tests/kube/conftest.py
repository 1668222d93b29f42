"""A real control plane for the tests of kube/, one for all of them, and a namespace for each."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from kube.apply import create_namespace
from kube.connect import Api, connect
from sandbox.controlplane import ControlPlane

CLAIM = "claim-of-this-test"
OTHER = "claim-of-somebody-else"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything that needs the control plane runs in one worker, so that only one is started."""
    for item in items:
        if "control_plane" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.control_plane)
            item.add_marker(pytest.mark.xdist_group("kube_control_plane"))


@pytest.fixture(scope="package")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    if not os.environ.get("KUBEBUILDER_ASSETS"):
        pytest.skip("control plane: KUBEBUILDER_ASSETS is not set, so nothing was checked against a real API server")
    with ControlPlane(tmp_path_factory.mktemp("control-plane")) as started:
        yield started


@pytest.fixture(scope="package")
def kubeconfig(control_plane: ControlPlane) -> dict:
    return dict(yaml.safe_load(Path(control_plane.kubeconfig_path).read_text()))


@pytest.fixture(scope="package")
def api(kubeconfig: dict) -> Iterator[Api]:
    made = connect(kubeconfig, timeout=60)
    yield made
    made.close()


@pytest.fixture
def namespace(api: Api) -> str:
    """A new namespace of ours."""
    name = f"t-{secrets.token_hex(4)}"
    result = create_namespace(api, name, CLAIM, {"slipway.dev/owner": "namespace.1"})
    assert result.state == "created", result
    return name
