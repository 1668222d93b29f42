"""Where charts stand, and what they are told to ask for; strangers see none of it."""

import pytest
from django.test import Client

from metrics.store import Store
from metrics.windows import Line
from reconcile.clock import database_now
from tests.deploying import GIB, make_deployment, make_rollout, observe_pod, observe_service, settle
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def deployment():
    made = settle(make_deployment())
    observe_service(made)
    return made


@pytest.fixture
def page(deployment):
    client = Client()
    client.force_login(make_user(team_roles={deployment.namespace.team: "viewer"}))
    return lambda address: client.get(address).content.decode()


def test_the_tab_of_a_deployment_asks_for_its_series(deployment, page):
    text = page(f"/deployments/{deployment.pk}/metrics/")
    assert f'data-charts="/api/v1/deployments/{deployment.pk}/series/"' in text
    assert 'data-chart="p50,p95,p99"' in text and 'data-chart="gpu"' in text and "data-chart-range" in text
    assert "data-compared" not in text


def test_beside_a_candidate_each_revision_is_shown_from_the_beginning(deployment, page):
    make_rollout(deployment)
    assert "data-compared" in page(f"/deployments/{deployment.pk}/metrics/")


def test_the_overview_shows_four_charts_without_a_picker(deployment, page):
    text = page(f"/deployments/{deployment.pk}/")
    assert text.count("data-chart-plot") == 4 and "data-small" in text and "data-chart-range" not in text


def test_the_tab_of_a_namespace_and_the_page_of_a_pod_ask_for_theirs(deployment, page):
    space, pod = deployment.namespace, observe_pod(deployment)
    assert f'data-charts="/api/v1/namespaces/{space.pk}/series/"' in page(f"/namespaces/{space.pk}/metrics/")
    assert f'data-charts="/api/v1/namespaces/{space.pk}/pods/{pod.name}/series/"' in page(f"/namespaces/{space.pk}/pods/{pod.name}/")


def test_bars_beside_pods_say_what_they_use_of_what_they_may(deployment, page):
    pod = observe_pod(deployment, container_states=[{"name": "kserve-container", "cpu": 1000, "memory": 2 * GIB}])
    store, at = Store(deployment.cluster), int(database_now().timestamp()) - 15
    store.take(at, {Line(f"pod.{pod.uid}"): {"cpu": 0.25, "memory": float(GIB)}})
    store.write(at)
    text = page(f"/deployments/{deployment.pk}/pods/")
    assert "0.25 of 1" in text and "1 of 2 GiB" in text


def test_strangers_see_no_charts(deployment):
    client = Client()
    client.force_login(make_user())
    for address in (f"/deployments/{deployment.pk}/metrics/", f"/namespaces/{deployment.namespace.pk}/metrics/"):
        assert client.get(address).status_code == 404
