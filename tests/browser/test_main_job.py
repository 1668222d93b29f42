"""The main job: somebody asks, an approver decides in another browser, the open page follows until the namespace stands."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.crowd import Visit
from tests.browser.marks import BROWSER
from tests.browser.walks import H100, approve, fill_form, from_inbox, live, open_form, rail, stays_loaded, tab, was_not_reloaded

pytestmark = BROWSER
BAD = [
    ("Name", "Vision_Prod", "Use lowercase letters a-z, digits and hyphens"),
    ("Name", "kube-system", "reserved for the platform. Begin with your team's name"),
    ("CPU", "-1", "Write a number from 0 upwards without a sign"),
    ("Memory", " 2", "Write it without spaces, such as 2 or 4Gi"),
    (H100, "0.5", "GPUs are given whole: write 1 or 2"),
]


def test_a_requester_learns_while_typing_what_to_write_instead(visit: Visit) -> None:
    page = visit("alice")
    open_form(page)
    fill_form(page, "vision-fine")
    for label, text, advice in BAD:
        box = field(page, label)
        before = box.input_value()
        box.fill("")
        box.press_sequentially(text)
        error = page.locator(f"#{box.get_attribute('id')}_error")
        expect(error).to_contain_text(advice)
        expect(box).to_have_attribute("aria-invalid", "true")
        box.fill(before)
        box.blur()
        expect(error).to_be_empty()
        expect(page.locator(".sw-error")).to_have_count(0)


def test_one_wrong_amount_is_told_at_its_own_field_alone(visit: Visit) -> None:
    page = visit("alice")
    open_form(page)
    fill_form(page, "vision-fine")
    field(page, "Memory").fill("32 Gi")
    expect(page.locator("#id_memory_error")).to_contain_text("Write it without spaces")
    expect(page.locator(".sw-error")).to_have_count(1)


def test_a_requester_sees_what_the_cluster_would_have_left(visit: Visit) -> None:
    page = visit("alice")
    open_form(page)
    h100 = page.locator("#outlook .sw-outlook", has_text="H100")
    installed = int(number_in(h100, r"(\d+) installed"))
    left = int(number_in(h100, r"Leaves (\d+) to grant"))
    page.get_by_label(H100).fill("3")
    expect(h100).to_contain_text(f"Leaves {left - 3} to grant")
    page.get_by_label(H100).fill(str(installed + 4))
    expect(h100).to_contain_text("too much: ask for less")


def test_from_asking_to_a_namespace_that_stands_without_a_reload(visit: Visit) -> None:
    alice, approver = visit("alice"), visit("approver")
    open_form(alice)
    fill_form(alice, "vision-prod", gpus="2")
    alice.get_by_role("button", name="Send the request").click()
    expect(alice.get_by_role("heading", name="Namespace vision-prod")).to_be_visible()
    live(alice)
    stays_loaded(alice)
    expect(alice.locator("#plan")).to_contain_text("creates 16 objects")
    expect(alice.locator("#state")).to_have_text("Needs a decision")

    decide_on_one_card(approver)
    expect(approver.locator("#state")).to_have_text("Applied")

    expect(alice.locator("#result")).to_contain_text("of 16 objects confirmed")
    expect(alice.locator("#state")).to_have_text("Applied")
    expect(alice.locator("#result")).to_contain_text("16 of 16 objects confirmed")
    expect(alice.locator("#story")).to_contain_text("made the cluster equal to it")
    assert was_not_reloaded(alice)
    alice.get_by_text("Object by object").click()
    expect(alice.locator("#result").get_by_role("row", name=re.compile("Created"))).to_have_count(16)
    look_at_the_namespace(alice)


def decide_on_one_card(approver: Page) -> None:
    """Finds the request in the inbox, grants one card of the two."""
    rail(approver, "Home").click()
    expect(rail(approver, "Inbox")).to_have_accessible_name(re.compile(r"Inbox [1-9]\d* waiting"))
    from_inbox(approver, "vision-prod")
    outlook = approver.locator("#outlook .sw-outlook", has_text="H100")
    left = int(number_in(outlook, r"Leaves (\d+) to grant"))
    approver.get_by_label(f"Your decision on {H100}").fill("1")
    expect(outlook).to_contain_text(f"Leaves {left + 1} to grant")
    expect(approver.locator("[data-approve]")).to_have_text("Approve with changes")
    approve(approver)
    expect(approver.get_by_role("row", name=re.compile(H100)).get_by_role("cell")).to_have_text(["2", "1"])


def look_at_the_namespace(alice: Page) -> None:
    """Every tab holds what it promises."""
    alice.get_by_role("link", name="Open vision-prod").click()
    expect(alice.locator("#state")).to_have_text("Ready")
    for words in ("0 of 1", "0 of 8", "0 of 32 GiB"):
        expect(alice.locator(".sw-gauge").get_by_role("img", name=words, exact=True)).to_be_visible()
    objects = alice.locator("section.card", has=alice.get_by_role("heading", name="Objects"))
    expect(objects.locator("tbody tr")).to_have_count(16)
    expect(objects.locator("tbody tr", has_text="Created")).to_have_count(16)
    tab(alice, "Access")
    expect(alice.get_by_role("row", name="Alice Owner oidc:alice slipway-owner")).to_be_visible()
    expect(alice.get_by_role("row", name="Bob Member oidc:bob slipway-member")).to_be_visible()
    tab(alice, "YAML")
    fold = alice.locator("details", has_text="ResourceQuota")
    fold.locator("summary").click()
    expect(fold.locator("pre")).to_have_count(2)
    for text in fold.locator("pre").all_inner_texts():
        assert re.search(r"""requests\.nvidia\.com/gpu: ['"]1['"]""", text), text
    tab(alice, "Activity")
    for action in ("request.opened", "request.approved", "request.applied"):
        expect(alice.get_by_role("row", name=re.compile(re.escape(action)))).to_be_visible()


def field(page: Page, label: str) -> Locator:
    """The input of this label."""
    return page.get_by_role("textbox", name=re.compile(rf"^{label}( optional)?$"))


def number_in(place: Locator, pattern: str) -> str:
    """The group of the pattern in the text of the place."""
    expect(place).to_contain_text(re.compile(pattern))
    found = re.search(pattern, place.inner_text())
    assert found
    return found.group(1)
