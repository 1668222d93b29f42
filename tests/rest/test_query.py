"""A write with a word in its address that the endpoint does not know is refused, and has no effect; a read goes by what it knows."""

import pytest
from rest_framework.test import APIClient

from approvals.models import Request
from deployments.models import ModelDeployment
from tests.clients import token_client
from tests.deploying import make_deployment, make_serving_namespace, make_version
from tests.factories import make_user
from tests.tenancy import make_cluster

pytestmark = pytest.mark.django_db
SPACE = {"cluster": "fra-1", "team": "vision", "name": "vision-new", "cpu": "1", "memory": "1Gi", "storage": "1Gi", "justification": "x"}
MODEL = {"cluster": "fra-1", "namespace": "vision-lab", "name": "defects", "model": "defects", "alias": "champion", "runtime": "sklearn"}


@pytest.fixture
def alice() -> APIClient:
    return token_client(make_user("alice", {"vision": "owner"}))


@pytest.fixture
def deployment() -> ModelDeployment:
    make_version(aliases=("champion",))
    return make_deployment(make_serving_namespace(name="vision-lab"), "detector")


def test_a_request_for_a_namespace_knows_no_dry_run(alice: APIClient) -> None:
    make_cluster()
    answer = alice.post("/api/v1/namespace-requests/?dry_run=true", SPACE)
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_query")
    assert "dry_run" in answer.json()["detail"]
    assert not Request.objects.exists()
    assert alice.post("/api/v1/namespace-requests/", SPACE).status_code == 201


@pytest.mark.parametrize("words", ["dryrun=true", "dry_run=true&grace_seconds=5", "x="])
def test_a_deployment_names_what_it_takes(alice: APIClient, deployment: ModelDeployment, words: str) -> None:
    answer = alice.post(f"/api/v1/deployments/?{words}", MODEL)
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_query")
    assert "This takes: dry_run." in answer.json()["detail"]
    assert ModelDeployment.objects.count() == 1


@pytest.mark.parametrize("written", ["maybe", "on", "ture", ""])
def test_a_dry_run_that_is_neither_yes_nor_no_deploys_nothing(alice: APIClient, deployment: ModelDeployment, written: str) -> None:
    answer = alice.post(f"/api/v1/deployments/?dry_run={written}", MODEL)
    assert answer.status_code == 400
    assert "dry_run" in answer.json()["errors"]
    assert ModelDeployment.objects.count() == 1


def test_what_is_known_is_heard(alice: APIClient, deployment: ModelDeployment) -> None:
    path = f"/api/v1/deployments/{deployment.pk}/"
    assert alice.post("/api/v1/deployments/?dry_run=true", MODEL).json()["verdict"]
    assert alice.patch(f"{path}?dry_run=1", {"cpu_limit": "2"}, headers={"If-Match": "*"}).json()["verdict"]
    assert alice.delete(f"{path}?confirm=detector&grace_seconds=60&now=true").status_code == 400
    assert alice.delete(f"{path}?confirm=detector&grace_seconds=60").status_code == 202


def test_operations_take_nothing(alice: APIClient, deployment: ModelDeployment) -> None:
    answer = alice.post(f"/api/v1/deployments/{deployment.pk}/pause/?dry_run=true")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_query")
    deployment.refresh_from_db()
    assert not deployment.paused


def test_a_read_with_an_unknown_word_is_answered(alice: APIClient, deployment: ModelDeployment) -> None:
    assert alice.get("/api/v1/deployments/?whatever=1").status_code == 200
    assert alice.get(f"/api/v1/deployments/{deployment.pk}/?whatever=1").status_code == 200


def test_who_is_not_signed_in_learns_nothing_of_it() -> None:
    assert APIClient().post("/api/v1/deployments/?whatever=1", MODEL).status_code == 401
