"""The request page of an approver."""

from typing import Any

import pytest

from approvals.actions import revise_request
from approvals.models import Request
from tests.factories import make_user
from tests.pages.browsing import page_client
from tests.tenancy import ask, make_cluster, make_wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> Request:
    make_cluster()
    owner = make_user("alice", {"vision": "owner"})
    return ask(owner, owner.memberships.get().team, make_wish(name="vision-prod", gpus={"h100": 4}))


@pytest.fixture
def approver() -> Any:
    return page_client(make_user("dana", platform_roles=["approver"]))


def verdict(row: Request, **changes: str) -> dict[str, str]:
    numbers = {"cpu": "8", "memory": "32Gi", "storage": "100Gi", "gpu_h100": "4", "ends_on": ""}
    return {**numbers, "seen_version": str(row.version), "reason": "", "confirmed": "on", **changes}


def press(client: Any, row: Request, what: str, **changes: str) -> Any:
    answer = client.post(f"/requests/{row.pk}/{what}/", verdict(row, **changes))
    row.refresh_from_db()
    return answer


def test_an_approver_can_approve_what_was_asked(row: Request, approver: Any) -> None:
    assert press(approver, row, "approve").status_code == 302
    assert (row.state, row.decided) == ("approved", None)


def test_other_numbers_are_an_approval_with_changes(row: Request, approver: Any) -> None:
    press(approver, row, "approve", gpu_h100="2")
    assert row.decided and row.decided["resources"]["gpus"] == {"h100": 2} and row.requested["resources"]["gpus"] == {"h100": 4}


def test_a_number_that_cannot_be_read_decides_nothing(row: Request, approver: Any) -> None:
    answer = press(approver, row, "approve", gpu_h100="0.5")
    assert answer.status_code == 422 and row.state == "pending" and "given whole" in answer.content.decode()


def test_without_a_plan_it_takes_a_confirmation(row: Request, approver: Any) -> None:
    answer = press(approver, row, "approve", confirmed="")
    assert answer.status_code == 409 and row.state == "pending" and 'name="confirmed"' in answer.content.decode()


def test_a_version_that_no_longer_stands_is_not_decided(row: Request, approver: Any) -> None:
    revise_request(actor=row.requester, request=row, wanted=row.requested, justification="More words.", seen_version=1)
    answer = press(approver, row, "approve", seen_version="1")
    assert answer.status_code == 409 and row.state == "pending" and "You saw version 1, it is now version 2" in answer.content.decode()


@pytest.mark.parametrize("what", ["reject", "send-back"])
def test_a_no_needs_a_reason(row: Request, approver: Any, what: str) -> None:
    answer = press(approver, row, what)
    assert answer.status_code == 422 and row.state == "pending" and not row.changes_wanted
    assert press(approver, row, what, reason="There is vision-edge.").status_code == 302
    assert row.state == "rejected" or row.changes_wanted


def test_the_numbers_being_typed_are_weighed_and_decide_nothing(row: Request, approver: Any) -> None:
    page = press(approver, row, "weigh", gpu_h100="20").content.decode()
    assert "4 too much" in page and row.state == "pending"


def test_the_requester_sees_no_decision_to_press(row: Request) -> None:
    page = page_client(row.requester).get(f"/requests/{row.pk}/").content.decode()
    assert 'id="decision"' not in page and "/withdraw/" in page


def test_a_stranger_finds_nothing(row: Request) -> None:
    stranger = page_client(make_user("carol", {"speech": "owner"}))
    assert stranger.get(f"/requests/{row.pk}/").status_code == 404
    assert press(stranger, row, "approve").status_code == 404 and row.state == "pending"


def test_text_of_people_is_shown_as_text(approver: Any, row: Request) -> None:
    page_client(row.requester).post(f"/requests/{row.pk}/comment/", {"body": "<script>alert(1)</script>"})
    page = approver.get(f"/requests/{row.pk}/").content.decode()
    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page
