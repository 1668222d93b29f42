"""A deployment that serves, and one who may change it."""

import pytest
from django.test import Client

from deployments.models import ModelDeployment
from tenants.models import Namespace
from tests.deploying import make_deployment, make_serving_namespace, make_spec, make_version, observe_pod, observe_service, settle
from tests.factories import make_user
from tests.pages.browsing import page_client


@pytest.fixture
def space(db: None) -> Namespace:
    """Where it serves."""
    return make_serving_namespace(name="vision-dev")


@pytest.fixture
def row(space: Namespace) -> ModelDeployment:
    """Version 1 of "defects", serving as "detector"."""
    version = make_version("defects", aliases=("champion",))
    made = settle(make_deployment(space, "detector", spec=make_spec(version)))
    observe_service(made)
    observe_pod(made)
    return made


@pytest.fixture
def alice(row: ModelDeployment) -> Client:
    """A member of its team."""
    return page_client(make_user("alice", {"vision": "member"}))
