"""Several requests rejected together: picked in a list, shown once more, each decided as it was seen."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import Team
from approvals.actions import revise_request, withdraw_request
from approvals.models import Request
from audit.models import Entry
from tests.factories import make_user
from tests.pages.browsing import page_client
from tests.tenancy import ask, make_cluster, make_wish

pytestmark = pytest.mark.django_db
PATH = "/requests/reject/"


@pytest.fixture
def rows() -> list[Request]:
    cluster = make_cluster()
    owner = make_user("alice", {"vision": "owner"})
    return [ask(owner, Team.objects.get(), make_wish(cluster, name)) for name in ("ns-a", "ns-b", "ns-c")]


@pytest.fixture
def approver(rows: list[Request]) -> Client:
    return page_client(make_user("dana", {"vision": "member"}, platform_roles=["approver"]))


def pick(row: Request) -> str:
    return f"{row.pk}.{row.version}"


def states() -> list[str]:
    return list(Request.objects.order_by("pk").values_list("state", flat=True))


def reject(client: Client, picks: list[str], reason: str = "No room this month.") -> tuple[Any, list[str]]:
    """The answer and the messages that the next page shows."""
    answer: Any = client.post(PATH, {"pick": picks, "reason": reason})
    return answer, [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.mark.parametrize("path", ["/inbox/", "/requests/?tab=needs-me"])
def test_an_approver_can_pick_the_requests_of_others(approver: Client, rows: list[Request], path: str) -> None:
    own = ask(make_dana(), Team.objects.get(), make_wish(name="ns-own"))
    own.changes_wanted = True
    own.save()
    html = approver.get(path).content.decode()
    assert all(f'value="{pick(row)}" form="picked"' in html for row in rows) and f"/requests/{own.pk}/" in html
    assert f'value="{pick(own)}"' not in html


def make_dana() -> Any:
    return type(Team.objects.get().memberships.all()[0].user).objects.get(username="dana")


@pytest.mark.parametrize("path", ["/requests/?tab=open", "/requests/?tab=mine"])
def test_nothing_is_picked_where_nothing_is_decided(approver: Client, path: str) -> None:
    assert "data-pick" not in approver.get(path).content.decode()


def test_a_requester_can_pick_nothing(rows: list[Request]) -> None:
    Request.objects.update(changes_wanted=True)
    html = page_client(rows[0].requester).get("/requests/?tab=needs-me").content.decode()
    assert "ns-a" in html and "data-pick" not in html


def test_the_page_before_shows_what_would_be_rejected_and_decides_nothing(approver: Client, rows: list[Request]) -> None:
    html = approver.get(PATH, {"pick": [pick(rows[0]), pick(rows[2])]}).content.decode()
    assert "Reject 2 requests" in html and "ns-a" in html and "ns-c" in html and "ns-b" not in html
    assert f'name="pick" value="{pick(rows[0])}"' in html and states() == ["pending"] * 3


def test_each_is_rejected_with_the_one_reason(approver: Client, rows: list[Request]) -> None:
    answer, [said] = reject(approver, [pick(rows[0]), pick(rows[2])])
    assert (answer.status_code, answer["Location"]) == (302, "/requests/?tab=needs-me")
    assert states() == ["rejected", "pending", "rejected"] and str(rows[0]) in said and str(rows[2]) in said
    assert set(Request.objects.exclude(reason="").values_list("reason", flat=True)) == {"No room this month."}
    assert Entry.objects.filter(action="request.rejected", actor_name="dana").count() == 2


def test_without_a_reason_nothing_is_rejected(approver: Client, rows: list[Request]) -> None:
    answer, _said = reject(approver, [pick(rows[0])], "  ")
    html = answer.content.decode()
    assert answer.status_code == 422 and "Say why" in html and f'value="{pick(rows[0])}"' in html and states() == ["pending"] * 3


def test_one_that_changed_meanwhile_stays_and_the_others_are_rejected(approver: Client, rows: list[Request]) -> None:
    seen = [pick(row) for row in rows]
    revise_request(actor=rows[0].requester, request=rows[0], wanted=rows[0].requested, justification="More words.", seen_version=1)
    withdraw_request(actor=rows[1].requester, request=rows[1], reason="")
    html = approver.get(PATH, {"pick": seen}).content.decode()
    assert "You saw version 1, it is now version 2" in html and "already withdrawn" in html and "Reject 1 request<" in html
    _answer, said = reject(approver, seen)
    assert states() == ["pending", "withdrawn", "rejected"]
    assert len(said) == 3 and "You saw version 1" in said[0] and str(rows[0]) in said[0] and "already withdrawn" in said[1]


def test_nobody_rejects_their_own_request_among_others(approver: Client, rows: list[Request]) -> None:
    own = ask(make_dana(), Team.objects.get(), make_wish(name="ns-own"))
    assert "Nobody decides their own request" in approver.get(PATH, {"pick": [pick(own)]}).content.decode()
    _answer, said = reject(approver, [pick(own), pick(rows[0])])
    assert states() == ["rejected", "pending", "pending", "pending"] and len(said) == 2
    assert Entry.objects.get(outcome="denied").subject_name == str(own)


@pytest.mark.parametrize("picks", [[], ["", "x", "1", "1.", "1.1.1", "-1.1", "٣.1", "9" * 30 + ".1"], ["987654.1"]])
def test_what_is_no_request_is_no_pick(approver: Client, picks: list[str]) -> None:
    assert approver.get(PATH, {"pick": picks}).status_code == 302
    answer, said = reject(approver, picks)
    assert answer.status_code == 302 and said[-1] == "Select the requests first." and states() == ["pending"] * 3


def test_a_member_is_refused_and_a_stranger_finds_nothing(rows: list[Request]) -> None:
    member = page_client(rows[0].requester)
    assert member.get(PATH, {"pick": [pick(rows[0])]}).status_code == 404
    assert reject(member, [pick(rows[0])], "")[0].status_code == 403
    stranger = page_client(make_user("carol", {"speech": "owner"}))
    assert stranger.post(PATH, {"pick": [pick(rows[0])], "reason": "x"}).status_code == 404
    assert states() == ["pending"] * 3 and Entry.objects.filter(outcome="denied").count() == 1
