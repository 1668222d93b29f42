"""Deleting a namespace: the name typed, what still runs shown, the page follows to the end."""

from playwright.sync_api import expect

from tests.browser.admin import ClusterAdmin
from tests.browser.crowd import Visit
from tests.browser.marks import BROWSER
from tests.browser.walks import live, make_namespace, open_namespace, stays_loaded, was_not_reloaded

pytestmark = BROWSER


def test_an_owner_deletes_a_namespace_by_typing_its_name(visit: Visit, admin_of_cluster: ClusterAdmin) -> None:
    page, _approver = make_namespace(visit, "vision-gone")
    admin_of_cluster.start_pod("vision-gone", "lingers", stop_seconds=4)
    expect(page.locator("#tabs").get_by_role("link", name="Pods 1")).to_be_visible()
    page.get_by_role("link", name="Delete").click()
    expect(page.get_by_role("row", name="lingers")).to_be_visible()
    button, box = page.get_by_role("button", name="Delete for good"), page.get_by_label("Type vision-gone to delete it")
    box.fill("vision-gon")
    expect(button).to_be_disabled()
    box.fill("")
    box.press("Enter")
    box.fill("vision-gone")
    button.click()

    expect(page.locator("#state")).to_have_text("Deleting")
    live(page)
    stays_loaded(page)
    expect(page.locator("#word")).to_contain_text("Being deleted.")
    assert admin_of_cluster.has_namespace("vision-gone")
    expect(page.locator("#state")).to_have_text("Deleted")
    expect(page.locator("#word")).to_contain_text("This namespace is gone")
    assert was_not_reloaded(page)
    assert not admin_of_cluster.has_namespace("vision-gone")


def test_a_wrong_name_is_refused_with_words(visit: Visit, admin_of_cluster: ClusterAdmin, space: str) -> None:
    page = visit("alice", java_script_enabled=False)
    open_namespace(page, space)
    page.get_by_role("link", name="Delete").click()
    page.get_by_label(f"Type {space} to delete it").fill("vision-other")
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator("#id_confirm_error")).to_contain_text(space)
    assert admin_of_cluster.has_namespace(space)
