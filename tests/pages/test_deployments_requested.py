"""A request for a deployment: what an approver reads and decides, what the requester changes, what became of it."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from approvals.models import Request
from deployments.actions import deploy
from deployments.models import ModelDeployment
from deployments.wish import DeploymentWish, Trial
from tests.deploying import make_spec, scaled
from tests.factories import make_user
from tests.pages.browsing import page_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(row: ModelDeployment) -> User:
    return make_user("bob", {"vision": "member"})


@pytest.fixture
def approver() -> Client:
    return page_client(make_user("dana", platform_roles=["approver"]))


def ask(row: ModelDeployment, bob: User, name: str = "inspector", trial: Trial | None = None) -> Request:
    """Exposed outside, up to four replicas: an approver decides."""
    spec = replace(make_spec(), exposure="outside", scaling=scaled(2, 4))
    wish = DeploymentWish(row.cluster.name, row.namespace.name, name, spec, trial)
    asked = deploy(actor=bob, namespace=row.namespace, wish=wish, reason="Customers ask.").request
    assert asked
    return asked


def show(client: Client, asked: Request) -> str:
    answer = client.get(f"/requests/{asked.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_approver_reads_what_is_asked_and_why_it_needs_them(row: ModelDeployment, bob: User, approver: Client) -> None:
    html = show(approver, ask(row, bob))
    for words in (
        "Customers ask.",
        "Why this needs a decision",
        "exposed outside",
        "defects v1",
        "scikit-learn",
        "CPU 80 %",
        "Replicas at most",
    ):
        assert words in html, words


def test_a_change_shows_what_stands_beside_what_is_asked(row: ModelDeployment, bob: User, approver: Client) -> None:
    html = show(approver, ask(row, bob, "detector", Trial(20, 1.0, 60)))
    for words in ("Stands", "inside the cluster only", "from outside, too", "as a candidate with 20 % of the requests", "above p99 60 ms"):
        assert words in html, words


def test_an_approver_grants_fewer_replicas_and_both_stay_on_record(row: ModelDeployment, bob: User, approver: Client) -> None:
    asked = ask(row, bob)
    sent = {"seen_version": "1", "minimum": "1", "maximum": "3", "confirmed": "on", "reason": "Three do."}
    weighed = approver.post(f"/requests/{asked.pk}/weigh/", {**sent, "maximum": "x"})
    assert "whole number" in weighed.content.decode()
    assert approver.post(f"/requests/{asked.pk}/approve/", sent).status_code == 302
    made = ModelDeployment.objects.get(name="inspector")
    assert made.revision and (made.revision.author, made.revision.spec.scaling.minimum, made.revision.spec.scaling.maximum) == (bob, 1, 3)
    html = show(approver, asked)
    assert f"/deployments/{made.pk}/" in html and '<b class="plus">3' in html


def test_the_list_and_the_inbox_say_what_it_takes(row: ModelDeployment, bob: User, approver: Client) -> None:
    ask(row, bob)
    for path in ("/inbox/", "/requests/"):
        html = approver.get(path).content.decode()
        assert "inspector" in html and "4 GiB" in html, path


def test_a_change_that_waits_is_told_on_the_deployments_page_and_in_the_list(row: ModelDeployment, bob: User, alice: Client) -> None:
    asked = ask(row, bob, "detector")
    for path in (f"/deployments/{row.pk}/", "/deployments/"):
        assert f"/requests/{asked.pk}/" in alice.get(path).content.decode(), path


def test_the_requester_changes_an_open_request(row: ModelDeployment, bob: User, approver: Client) -> None:
    asked, client = ask(row, bob), page_client(bob)
    path = f"/requests/{asked.pk}/deployment/"
    form = client.get(path).context["form"]
    assert (form.now("maximum"), form.now("exposure"), form.now("reason")) == ("4", "outside", "Customers ask.")
    sent: dict[str, Any] = {name: form.now(name) for name in form.fields if form.now(name)} | {"maximum": "3", "seen_version": "1"}
    assert client.post(path, {**sent, "minimum": "5"}).status_code == 422
    assert client.post(path, sent).status_code == 302
    asked.refresh_from_db()
    assert (asked.version, asked.requested["spec"]["scaling"]["maximum"]) == (2, 3)
    assert client.post(path, sent).status_code == 422
    assert approver.post(path, {**sent, "seen_version": "2"}).status_code == 403


def test_a_strangers_request_cannot_be_changed(row: ModelDeployment, bob: User) -> None:
    stranger = page_client(make_user("carol", {"speech": "owner"}))
    assert stranger.get(f"/requests/{ask(row, bob).pk}/deployment/").status_code == 404
