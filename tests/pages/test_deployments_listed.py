"""Deployments in lists, files, at home, in namespaces and in search."""

import pytest
from django.db.models.functions import Now
from django.test import Client

from deployments.models import ModelDeployment
from tests.deploying import failed_status, make_deployment, make_spec, make_version, observe_service, settle
from tests.factories import make_user
from tests.pages.browsing import csv_of, page_client
from tests.tenancy import make_namespace

pytestmark = pytest.mark.django_db


@pytest.fixture
def several(row: ModelDeployment) -> ModelDeployment:
    broken = settle(make_deployment(row.namespace, "broken", spec=make_spec(make_version("scratches"))))
    observe_service(broken, failed_status("no"))
    make_deployment(make_namespace(row.cluster, "speech", name="speech-dev"), "whisper")
    gone = make_deployment(row.namespace, "gone")
    ModelDeployment.objects.filter(pk=gone.pk).update(deleted_at=Now(), deletion_requested_at=Now())
    return broken


def names(client: Client, query: str = "") -> list[str]:
    return [row.name for row, _health in client.get(f"/deployments/{query}").context["rows"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["broken", "detector"]),
        ("?ordering=-name", ["detector", "broken"]),
        ("?health=failed", ["broken"]),
        ("?health=ready", ["detector"]),
        ("?health=deleted", ["gone"]),
        ("?gone=true", ["broken", "detector", "gone"]),
        ("?q=scratch", ["broken"]),
        ("?q=detect", ["detector"]),
        ("?model=defects", ["detector"]),
        ("?namespace=vision-dev&team=vision&environment=development&cluster=fra-1", ["broken", "detector"]),
        ("?environment=production", []),
        ("?team=speech", []),
    ],
)
def test_the_list_shows_what_its_address_says(alice: Client, several: ModelDeployment, query: str, expected: list[str]) -> None:
    assert names(alice, query) == expected


def test_an_approver_sees_every_teams(several: ModelDeployment) -> None:
    assert names(page_client(make_user("dana", platform_roles=["approver"]))) == ["broken", "detector", "whisper"]


def test_the_list_says_what_waits_for_a_decision_and_what_to_do_when_it_is_empty(alice: Client, row: ModelDeployment) -> None:
    newcomer = page_client(make_user("nora", {"speech": "member"}))
    assert "Nothing is deployed yet" in newcomer.get("/deployments/").content.decode()
    assert "Nothing fits this filter" in alice.get("/deployments/?q=nothing").content.decode()


def test_a_file_holds_the_filtered_rows_with_their_health(alice: Client, several: ModelDeployment) -> None:
    [line] = csv_of(alice, "/deployments/?format=csv&health=failed")
    assert (line["name"], line["model"], line["version"], line["health"], line["replicas"]) == ("broken", "scratches", "1", "failed", "0/1")


def test_home_counts_and_names_those_that_need_somebody(alice: Client, several: ModelDeployment) -> None:
    html = alice.get("/").content.decode()
    assert "/deployments/?health=failed" in html and f"/deployments/{several.pk}/" in html and "1 Ready" in html


def test_home_says_that_none_needs_somebody(alice: Client, row: ModelDeployment) -> None:
    assert "None needs somebody" in alice.get("/").content.decode()


def test_a_namespace_has_a_tab_of_its_deployments(alice: Client, several: ModelDeployment) -> None:
    html = alice.get(f"/namespaces/{several.namespace_id}/deployments/").content.decode()
    assert "detector" in html and "broken" in html and "gone" not in html and 'Deployments <span class="count">2</span>' in html
    empty = make_namespace(several.cluster, name="vision-next")
    html = alice.get(f"/namespaces/{empty.pk}/deployments/").content.decode()
    assert "Nothing is deployed here yet" in html and "/deployments/new/?namespace=vision-next" in html


def test_search_finds_deployments_by_their_name_and_their_model(alice: Client, several: ModelDeployment) -> None:
    assert f"/deployments/{several.pk}/" in alice.get("/search/?q=scratch").content.decode()
    assert "whisper" not in alice.get("/search/?q=whis").content.decode().replace('value="whis"', "")
