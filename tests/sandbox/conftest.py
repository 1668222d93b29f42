"""A sandbox of its own for every test that stops, kills or fills it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from tests.contract.client import Api


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[EmbeddedCluster]:
    with EmbeddedCluster(tmp_path / "cluster") as running:
        yield running


@pytest.fixture
def api(cluster: EmbeddedCluster) -> Api:
    access = read_kubeconfig(cluster.kubeconfig_path)
    assert access.ca_pem
    return Api(access.server, access.ca_pem, access.token)
