"""A namespace of team vision on a cluster, and one of its owners."""

import pytest

from tenants.reasons import evidence_for
from tests.factories import make_user
from tests.tenancy import make_cluster, make_namespace


@pytest.fixture
def cluster(db):
    return make_cluster()


@pytest.fixture
def space(cluster):
    return make_namespace(cluster)


@pytest.fixture
def alice(space):
    return make_user("alice", {"vision": "owner"})


@pytest.fixture
def evidence(space, alice):
    return evidence_for(space, alice)
