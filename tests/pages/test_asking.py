"""The form of a namespace: what it answers while somebody types and when it is sent."""

from typing import Any

import pytest

from approvals.models import Request
from tests.factories import make_user
from tests.pages.browsing import page_client
from tests.tenancy import make_cluster

pytestmark = pytest.mark.django_db
NEW, CHECK = "/namespaces/new/", "/namespaces/new/check/"


@pytest.fixture
def owner() -> Any:
    make_cluster()
    return make_user("alice", {"vision": "owner"})


def answers(**changes: str) -> dict[str, str]:
    sent = {"team": "vision", "cluster": "fra-1", "name": "vision-prod", "cpu": "8", "memory": "32Gi", "justification": "We train."}
    return {**sent, **changes}


def test_an_owner_can_ask_and_lands_on_the_request(owner: Any) -> None:
    answer = page_client(owner).post(NEW, answers(gpu_h100="2", ends_on="2099-12-31"))
    row = Request.objects.get()
    assert answer.url == f"/requests/{row.pk}/"
    assert row.requested["resources"] == {"cpu": 8000, "memory": 32 * 2**30, "storage": 0, "gpus": {"h100": 2}}
    assert row.requested["ends_at"].startswith("2099-12-31T23:59:59")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("cpu", "-1", "without a sign"),
        ("cpu", " 2", "without spaces"),
        ("memory", "1e400", "more than any cluster"),
        ("gpu_h100", "0.5", "given whole"),
        ("name", "kube-system", "reserved"),
        ("name", "Vision", "lowercase"),
        ("ends_on", "2001-01-01", "in the future"),
        ("justification", "", "required"),
    ],
)
def test_what_cannot_stand_is_answered_with_what_to_do_and_asks_for_nothing(owner: Any, field: str, value: str, words: str) -> None:
    answer = page_client(owner).post(NEW, answers(**{field: value}))
    assert answer.status_code == 422 and not Request.objects.exists()
    assert words in " ".join(answer.context["form"].errors[field])


def test_while_typing_only_touched_fields_are_told_their_errors(owner: Any) -> None:
    client = page_client(owner)
    page = client.post(CHECK, answers(name="kube-system", justification=""), headers={"HX-Trigger-Name": "name"}).content.decode()
    assert "reserved" in page and "required" not in page
    page = client.post(CHECK, answers(justification=""), headers={"HX-Trigger-Name": "justification"}).content.decode()
    assert "required" in page


def test_while_typing_the_page_tells_what_would_be_left(owner: Any) -> None:
    page = page_client(owner).post(CHECK, answers(gpu_h100="20")).content.decode()
    assert "4 too much" in page


def test_checking_asks_for_nothing(owner: Any) -> None:
    page_client(owner).post(CHECK, answers())
    assert not Request.objects.exists()


def test_a_member_of_another_team_cannot_ask_in_its_name(owner: Any) -> None:
    stranger = make_user("carol", {"speech": "owner"})
    answer = page_client(stranger).post(NEW, answers())
    assert answer.status_code == 422 and not Request.objects.exists()


def test_a_link_can_propose_numbers(owner: Any) -> None:
    form = page_client(owner).get(NEW + "?gpu_h100=4&name=vision-edge").context["form"]
    assert form.resources.gpus["h100"] == 4 and form["name"].value() == "vision-edge"


def test_a_viewer_is_told_how_to_become_a_member(owner: Any) -> None:
    viewer = make_user("vera", {"vision": "viewer"})
    assert "Ask an owner of the team" in page_client(viewer).get(NEW).content.decode()
