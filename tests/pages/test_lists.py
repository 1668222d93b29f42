"""The lists: their order, their pages, and what can be downloaded of them."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import Team
from approvals.actions import reject_request
from approvals.models import Request
from audit.models import Entry
from clusters.models import Cluster, Drift
from rest.lists import download
from tests.factories import make_team, make_user
from tests.pages.browsing import csv_of, page_client, text_of_file
from tests.tenancy import GIB, ask, make_cluster, make_namespace, make_wish

pytestmark = pytest.mark.django_db
LISTS = {"/requests/": "-created_at", "/namespaces/": "name", "/drift/": "-seen_at", "/audit/": "-at", "/inbox/": "created_at"}


@pytest.fixture
def rows() -> list[Request]:
    """Three open requests and a namespace of team vision; titles and times run against each other."""
    cluster = make_cluster()
    owner = make_user("alice", {"vision": "owner"})
    made = [ask(owner, Team.objects.get(), make_wish(cluster, name)) for name in ("ns-c", "ns-a", "ns-b")]
    make_namespace(cluster, name="ns-standing", gpus={"h100": 2})
    return made


@pytest.fixture
def admin(rows: list[Request]) -> Client:
    return page_client(make_user("ada", platform_roles=["admin"]))


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def titles(html: str) -> list[str]:
    return re.findall(r"<b>Namespace (ns-\w)</b>", html)


def json_of(client: Client, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text_of_file(client.get(path)))
    return found


@pytest.mark.parametrize(("ordering", "expected"), [("title", ["ns-a", "ns-b", "ns-c"]), ("-title", ["ns-c", "ns-b", "ns-a"])])
def test_a_list_is_sorted_as_its_address_says(admin: Client, ordering: str, expected: list[str]) -> None:
    assert titles(page(admin, f"/requests/?ordering={ordering}")) == expected


def test_a_heading_turns_its_order_round_and_keeps_the_filter(admin: Client) -> None:
    html = page(admin, "/requests/?q=ns-&page_size=50&page=1&ordering=title")
    assert re.search(r'aria-sort="ascending"><a id="sort-title" href="\?q=ns-&amp;page_size=50&amp;ordering=-title">Request</a>', html)
    assert html.count("aria-sort=") == 1
    assert 'href="?q=ns-&amp;page_size=50&amp;ordering=state"' in html


def test_filtering_anew_keeps_order_and_size(admin: Client) -> None:
    html = page(admin, "/requests/?ordering=title&page_size=50")
    assert '<input type="hidden" name="ordering" value="title"><input type="hidden" name="page_size" value="50">' in html
    assert 'name="ordering"' not in page(admin, "/requests/?ordering=justification")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "query", ["ordering=no-such", "ordering=-", "ordering=requester__password", "page_size=7", "page_size=x", "page=x"]
)
def test_what_a_list_does_not_know_is_not_heard(admin: Client, path: str, query: str) -> None:
    name = LISTS[path].lstrip("-")
    html = page(admin, f"{path}?{query}")
    assert "aria-sort=" not in html or f'<a id="sort-{name}"' in html.split("aria-sort=")[1]
    assert page(admin, f"{path}?format=xml")


@pytest.mark.parametrize("path", LISTS)
def test_every_heading_sorts_and_every_list_is_downloaded(admin: Client, path: str) -> None:
    _drift()
    html = page(admin, path)
    orderings = re.findall(r'href="\?ordering=(-?\w+)"', html)
    assert len(orderings) >= 2
    for ordering in orderings:
        assert f'aria-sort="{"descending" if ordering.startswith("-") else "ascending"}"' in page(admin, f"{path}?ordering={ordering}")
    assert 'href="?format=csv"' in html and 'href="?format=json"' in html
    lines, objects = csv_of(admin, f"{path}?format=csv"), json_of(admin, f"{path}?format=json")
    assert lines and [line["id"] for line in lines] == [str(each["id"]) for each in objects]


def test_no_row_is_lost_between_pages(admin: Client) -> None:
    vision = Team.objects.get()
    Request.objects.bulk_create(
        Request(
            kind="namespace",
            subject=f"s{n}",
            title="Namespace ns-x",
            team=vision,
            requester=vision.memberships.all()[0].user,
            requested=WISH,
        )
        for n in range(60)
    )
    seen = [
        int(pk) for number in (1, 2, 3) for pk in re.findall(r'sub">#(\d+)', page(admin, f"/requests/?q=ns-x&ordering=title&page={number}"))
    ]
    assert len(seen) == len(set(seen)) == 60
    html = page(admin, "/requests/?q=ns-x&page_size=50&page=2")
    assert html.count('class="sub">#') == 10 and 'id="size-50" href="?q=ns-x&amp;page_size=50" aria-current="true"' in html


WISH = make_wish(name="ns-x").dump()


def test_what_has_not_happened_is_later_than_what_has(admin: Client, rows: list[Request]) -> None:
    dana = make_user("dana", platform_roles=["approver"])
    reject_request(actor=dana, request=rows[0], seen_version=1, reason="No.")
    alice = Client()
    alice.force_login(rows[0].requester)
    assert titles(page(alice, "/requests/?tab=mine&ordering=decided_at"))[0] == "ns-c"
    assert titles(page(alice, "/requests/?tab=mine&ordering=-decided_at"))[-1] == "ns-c"


def test_a_file_holds_every_row_of_the_filter_in_its_order(admin: Client) -> None:
    answer = admin.get("/requests/?format=csv")
    assert re.fullmatch(r'attachment; filename="slipway-requests-\d{8}T\d{6}Z\.csv"', answer["Content-Disposition"])
    assert answer["Content-Type"] == "text/csv; charset=utf-8" and answer["Cache-Control"] == "private, no-store"
    assert [row["title"] for row in csv_of(admin, "/requests/?format=csv&q=ns-&ordering=title&page=9")] == [
        "Namespace ns-a",
        "Namespace ns-b",
        "Namespace ns-c",
    ]
    assert [row["title"] for row in csv_of(admin, "/requests/?format=csv&q=ns-b")] == ["Namespace ns-b"]
    assert json_of(admin, "/requests/?format=json&q=nothing") == []


def test_a_file_has_plain_values_and_times_in_utc(admin: Client) -> None:
    at = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    Request.objects.update(created_at=at)
    [row] = json_of(admin, "/requests/?format=json&q=ns-b")
    assert (row["created_at"], row["decided_at"], row["state"], row["team"], row["requester"]) == (
        "2026-03-01T12:30:00Z",
        None,
        "pending",
        "vision",
        "alice",
    )
    assert row["requested"]["resources"]["memory"] == 32 * GIB
    [space] = csv_of(admin, "/namespaces/?format=csv")
    assert (space["name"], space["cpu"], space["memory"], space["gpus"], space["deleted_at"]) == (
        "ns-standing",
        "8",
        "32Gi",
        '{"h100": 2}',
        "",
    )


@pytest.mark.parametrize("text", ['=HYPERLINK("http://evil.test")', "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_of_a_file_is_a_formula(admin: Client, text: str) -> None:
    Request.objects.update(justification=text)
    assert {row["justification"] for row in csv_of(admin, "/requests/?format=csv")} == {f"'{text}"}
    assert {row["justification"] for row in json_of(admin, "/requests/?format=json")} == {text}


def test_a_file_is_made_in_batches_and_says_when_it_is_cut(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "BATCH", 2)
    assert len(csv_of(admin, "/requests/?format=csv")) == len(json_of(admin, "/requests/?format=json")) == 3
    monkeypatch.setattr(download, "MOST", 2)
    assert admin.get("/requests/?format=csv")["Content-Disposition"].endswith('-first-2.csv"')
    assert len(csv_of(admin, "/requests/?format=csv")) == 2


def test_a_row_that_leaves_the_readers_sight_while_a_file_is_made_is_not_in_it(rows: list[Request]) -> None:
    alice = page_client(rows[0].requester)
    answer: Any = alice.get("/requests/?format=csv")
    Request.objects.filter(pk=rows[0].pk).update(team=make_team("speech"))
    text = text_of_file(answer)
    assert "ns-c" not in text and "ns-a" in text


def test_the_live_part_asks_for_the_same_order_again(admin: Client) -> None:
    html = page(admin, "/requests/?ordering=title&page_size=50")
    assert 'hx-get="/requests/?ordering=title&amp;page_size=50"' in html


def _drift() -> None:
    about = {"owner_kind": "namespace", "owner_pk": 1, "api_version": "v1", "kind": "ResourceQuota", "found": "changed"}
    Drift.objects.create(cluster=Cluster.objects.get(), namespace="ns", name="slipway-quota", manager="kubectl", **about)
    assert Entry.objects.exists()


def test_a_spreadsheet_is_told_that_the_file_is_unicode(admin: Client) -> None:
    """Excel goes by the mark alone: without it Chinese names are garbled. JSON must not begin with one."""
    for form, begins in (("csv", "\ufeffid,"), ("json", "[")):
        assert text_of_file(admin.get(f"/requests/?format={form}")).startswith(begins)
