"""What a member may not do is not offered; what another team has does not exist."""

from playwright.sync_api import expect

from tests.browser.crowd import Visit
from tests.browser.marks import BROWSER
from tests.browser.walks import open_namespace, rail

pytestmark = BROWSER


def test_a_member_sees_the_namespace_and_cannot_delete_it_or_decide(visit: Visit, space: str) -> None:
    page = visit("bob")
    open_namespace(page, space)
    expect(page.get_by_role("button", name="Check now")).to_be_visible()
    expect(page.get_by_role("link", name="Delete")).to_have_count(0)
    expect(rail(page, "Inbox")).to_have_count(0)
    page.get_by_role("link", name="request #").click()
    expect(page.get_by_role("heading", name=f"Namespace {space}")).to_be_visible()
    expect(page.get_by_role("button", name="Withdraw")).to_have_count(0)


def test_another_team_gets_the_page_that_knows_nothing(visit: Visit, space: str) -> None:
    alice, carol = visit("alice"), visit("carol")
    open_namespace(alice, space)
    addresses = [alice.url, alice.url + "pods/", alice.url + "yaml/", alice.url + "delete/"]
    addresses.append(alice.get_by_role("link", name="request #").evaluate("link => link.href"))
    addresses.append(rail(alice, "Vision").evaluate("link => link.href"))
    for address in addresses:
        answer = carol.goto(address)
        assert answer and answer.status == 404, address
        expect(carol.get_by_role("heading", name="Nothing here that you can see")).to_be_visible()
        assert space not in carol.content()
    carol.get_by_role("link", name="Go home").click()
    rail(carol, "Namespaces").click()
    expect(carol.get_by_text("No namespace yet")).to_be_visible()
    carol.get_by_role("searchbox", name="Search namespaces").fill(space)
    expect(carol.locator("#search-results")).to_contain_text("Nothing found that you can see")
