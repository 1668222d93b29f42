"""The world of the access tests, the real control plane of tests/live and the Redis of tests/streams."""

import pytest

from tests.live.conftest import cluster as cluster
from tests.live.conftest import control_plane as control_plane
from tests.live.conftest import oracle as oracle
from tests.security.world import World, make_world
from tests.streams.conftest import own_redis as own_redis


@pytest.fixture
def world(db: None) -> World:
    return make_world()
