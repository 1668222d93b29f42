"""Deciding: nobody on their own request, nobody on a version that they did not see, never without a reason to say no."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.crowd import Visit
from tests.browser.marks import BROWSER
from tests.browser.walks import H100, ask, from_inbox, live, rail, stays_loaded, was_not_reloaded

pytestmark = BROWSER


def test_an_approver_cannot_decide_their_own_request_and_another_rejects_it_with_a_reason(visit: Visit) -> None:
    carol, approver, admin = visit("carol"), visit("approver"), visit("admin")
    add_to_team(carol, "Speech", "approver")
    ask(approver, "speech-own")
    expect(approver.get_by_text("This is your own request: another approver decides it.")).to_be_visible()
    expect(approver.get_by_role("button", name=re.compile("Approve|Reject|Ask for changes"))).to_have_count(0)
    stays_loaded(approver)

    from_inbox(admin, "speech-own")
    admin.get_by_role("button", name="Reject").click()
    expect(admin.locator("#decide .sw-error")).to_contain_text("Say why")
    expect(admin.locator("#state")).to_have_text("Needs a decision")
    admin.get_by_label("Reason").fill("Use the namespace that you have.")
    admin.get_by_role("button", name="Reject").click()
    expect(admin.locator("#state")).to_have_text("Rejected")

    expect(approver.locator("#state")).to_have_text("Rejected")
    expect(approver.locator("#story")).to_contain_text("Use the namespace that you have.")
    assert was_not_reloaded(approver)
    rail(approver, "Inbox").click()
    expect(approver.get_by_role("link", name="Namespace speech-own")).to_have_count(0)


@pytest.mark.parametrize("types_a_number", [False, True])
def test_a_version_that_was_revised_meanwhile_is_not_approved(visit: Visit, types_a_number: bool) -> None:
    name = "vision-typed" if types_a_number else "vision-read"
    alice, approver = visit("alice"), visit("approver")
    ask(alice, name, gpus="1")
    from_inbox(approver, name)
    stays_loaded(approver)
    if types_a_number:
        approver.get_by_label(f"Your decision on {H100}").fill("2")
    revise(alice, gpus="9")
    expect(approver.locator("#changed-note")).to_be_visible()
    assert was_not_reloaded(approver)

    approver.locator("[data-approve]").click()
    expect(approver.get_by_role("alert").filter(has_text="Not decided.")).to_contain_text("version 2")
    expect(approver.locator("#state")).to_have_text("Needs a decision")
    expect(approver.get_by_label(f"Your decision on {H100}")).to_have_value("9")
    expect(alice.locator("#state")).to_have_text("Needs a decision")
    comment(alice, "Nine, since the data grew.")
    expect(approver.locator("#story")).to_contain_text("Nine, since the data grew.")
    expect(approver.get_by_role("alert").filter(has_text="Not decided.")).to_be_visible()
    withdraw(alice)
    expect(approver.locator("#state")).to_have_text("Withdrawn")


def test_whoever_is_asked_for_changes_sends_the_next_version(visit: Visit) -> None:
    alice, approver = visit("alice"), visit("approver")
    ask(alice, "vision-changes", gpus="4")
    from_inbox(approver, "vision-changes")
    approver.get_by_role("button", name="Ask for changes").click()
    expect(approver.locator("#decide .sw-error")).to_contain_text("Say why")
    comment(alice, "Four would be faster.")
    expect(approver.locator("#story")).to_contain_text("Four would be faster.")
    expect(approver.locator("#decide .sw-error")).to_contain_text("Say why")
    stays_loaded(alice)
    approver.get_by_label("Reason").fill("Two cards are enough.")
    approver.get_by_role("button", name="Ask for changes").click()
    expect(approver.locator("#messages")).to_contain_text("Handed back.")

    expect(alice.locator("#notes")).to_contain_text("An approver wants something changed")
    expect(alice.locator("#story")).to_contain_text("Two cards are enough.")
    assert was_not_reloaded(alice)
    revise(alice, gpus="2")
    expect(alice.get_by_role("main")).to_contain_text("version 2")
    from_inbox(approver, "vision-changes")
    expect(approver.get_by_label(f"Your decision on {H100}")).to_have_value("2")
    withdraw(alice)
    expect(approver.locator("#state")).to_have_text("Withdrawn")


def add_to_team(owner: Page, team: str, username: str) -> None:
    """Makes somebody a member on the team's page."""
    rail(owner, team).click()
    owner.get_by_label("Username").fill(username)
    owner.get_by_label("Role").select_option("member")
    owner.get_by_role("button", name=re.compile("Add|Save")).click()
    expect(owner.locator("#messages")).to_contain_text("Saved.")


def revise(page: Page, gpus: str) -> None:
    """From the request's page to its next version."""
    page.locator("#actions").get_by_role("link", name="Change the request").click()
    page.get_by_label(H100).fill(gpus)
    page.get_by_role("button", name="Send the change").click()
    expect(page.locator("#messages")).to_contain_text("Changed.")


def comment(page: Page, words: str) -> None:
    """Adds to the story; ends on the page, connected."""
    page.get_by_role("textbox", name="Comment").fill(words)
    page.get_by_role("button", name="Comment").click()
    expect(page.locator("#story")).to_contain_text(words)
    live(page)


def withdraw(page: Page) -> None:
    """Takes the request back, so that later tests find an empty inbox."""
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(page.locator("#state")).to_have_text("Withdrawn")
