"""What happens in the cluster reaches the open pages of a namespace."""

from playwright.sync_api import expect

from tests.browser.admin import ClusterAdmin
from tests.browser.crowd import Visit
from tests.browser.marks import BROWSER
from tests.browser.walks import live, open_namespace, stays_loaded, tab, was_not_reloaded

pytestmark = BROWSER
ONLY_THERE = "browser-test"


def test_pods_come_change_and_go_on_the_open_page(visit: Visit, admin_of_cluster: ClusterAdmin, space: str) -> None:
    page = visit("alice")
    open_namespace(page, space)
    tab(page, "Pods")
    expect(page.get_by_text("No pod runs here")).to_be_visible()
    live(page)
    stays_loaded(page)
    admin_of_cluster.start_pod(space, "trainer", nodeSelector={ONLY_THERE: "yes"})
    row = page.get_by_role("row", name="trainer")
    expect(row).to_contain_text("Unschedulable")
    expect(row).to_contain_text("Nodes are not of the kind that it asks for")
    expect(page.locator("#tabs").get_by_role("link", name="Pods 1")).to_be_visible()
    admin_of_cluster.label_first_node(ONLY_THERE, "yes")
    try:
        expect(row).to_contain_text("Running")
        expect(row.get_by_role("cell", name="1/1", exact=True)).to_be_visible()
        expect(row.get_by_role("cell", name="cpu 0.1")).to_be_visible()
    finally:
        admin_of_cluster.label_first_node(ONLY_THERE, None)
    admin_of_cluster.end_pod(space, "trainer")
    expect(row).to_have_count(0)
    expect(page.get_by_text("No pod runs here")).to_be_visible()
    assert was_not_reloaded(page)


def test_events_fill_the_open_page(visit: Visit, admin_of_cluster: ClusterAdmin, space: str) -> None:
    page = visit("bob")
    open_namespace(page, space)
    tab(page, "Events")
    live(page)
    stays_loaded(page)
    admin_of_cluster.start_pod(space, "eventful")
    for reason in ("Scheduled", "Started"):
        expect(page.get_by_role("row", name=f"Pod eventful {reason}")).to_be_visible()
    admin_of_cluster.end_pod(space, "eventful")
    assert was_not_reloaded(page)
