"""Lists while they are looked at: what comes in keeps the reader's order and picks; files come whole from the running server."""

import csv
import re

from playwright.sync_api import Page, expect

from tests.browser.crowd import Visit
from tests.browser.marks import BROWSER
from tests.browser.test_decisions import revise
from tests.browser.walks import ask, live, rail, stays_loaded, was_not_reloaded

pytestmark = BROWSER


def box(page: Page, name: str):
    return page.get_by_role("row", name=f"Namespace {name}").get_by_role("checkbox")


def test_picks_and_order_outlive_what_comes_in_and_a_changed_request_is_picked_no_more(visit: Visit) -> None:
    alice, bob, approver = visit("alice"), visit("bob"), visit("approver")
    ask(alice, "pick-b")
    ask(bob, "pick-a")
    rail(approver, "Inbox").click()
    approver.get_by_role("link", name="Request", exact=True).click()
    live(approver)
    stays_loaded(approver)
    for name in ("pick-a", "pick-b"):
        box(approver, name).check()
    ask(visit("alice"), "pick-c")
    expect(box(approver, "pick-c")).not_to_be_checked()
    expect(box(approver, "pick-a")).to_be_checked()
    shown = [re.search(r"pick-\w", text) for text in approver.get_by_role("row", name="Namespace pick-").all_inner_texts()]
    assert [found and found[0] for found in shown] == ["pick-a", "pick-b", "pick-c"]

    revise(alice, gpus="3")
    expect(box(approver, "pick-b")).not_to_be_checked()
    expect(box(approver, "pick-a")).to_be_checked()
    assert was_not_reloaded(approver)
    _reject(approver, 1)
    box_of_all = approver.get_by_label("Select all on this page")
    rail(approver, "Inbox").click()
    box_of_all.check()
    expect(box(approver, "pick-c")).to_be_checked()


def _reject(page: Page, number: int) -> None:
    page.get_by_role("button", name="Reject the selected").click()
    page.get_by_label("Reason").fill("Not this month.")
    page.get_by_role("button", name=f"Reject {number} request").click()
    expect(page.locator("#messages")).to_contain_text("Rejected: #")


def test_the_list_comes_as_a_file(visit: Visit) -> None:
    alice = visit("alice")
    ask(alice, "filed")
    rail(alice, "Requests").click()
    with alice.expect_download() as begun:
        alice.get_by_role("link", name="CSV").click()
    assert re.fullmatch(r"slipway-requests-\d{8}T\d{6}Z\.csv", begun.value.suggested_filename)
    with open(begun.value.path(), newline="", encoding="utf-8-sig") as file:
        assert "Namespace filed" in {row["title"] for row in csv.DictReader(file)}
