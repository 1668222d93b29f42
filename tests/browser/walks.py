"""Ways through the pages that many tests take, by what a person sees: names of links, labels of fields."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.crowd import Visit

H100 = "NVIDIA H100 80GB HBM3"


def rail(page: Page, entry: str) -> Locator:
    """An entry of the navigation on the left."""
    return page.get_by_role("navigation", name="Main").get_by_role("link", name=entry)


def tab(page: Page, name: str) -> None:
    """Opens a tab of a namespace's page."""
    page.locator("#tabs").get_by_role("link", name=name).click()
    expect(page.locator("#tabs [aria-current=page]")).to_contain_text(name)


def live(page: Page) -> None:
    """The page is connected: what happens from now on reaches it."""
    expect(page.locator(".sw-live")).to_have_attribute("data-state", "live")


def stays_loaded(page: Page) -> None:
    """Marks this load of the page; `was_not_reloaded` looks for the mark."""
    page.evaluate("window.sameLoad = true")


def was_not_reloaded(page: Page) -> bool:
    """Whether it is still the load that was marked."""
    return page.evaluate("window.sameLoad === true") is True


def open_form(page: Page) -> None:
    """Namespaces, then the one primary button."""
    rail(page, "Namespaces").click()
    page.get_by_role("main").get_by_role("link", name="Ask for a namespace").first.click()
    expect(page.get_by_role("heading", name="What it is")).to_be_visible()


def fill_form(page: Page, name: str, gpus: str = "2") -> None:
    """A request that can be granted."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("What for").fill(f"Train the detector of {name}.")
    page.get_by_label(H100).fill(gpus)


def ask(page: Page, name: str, gpus: str = "2") -> None:
    """Asks for a namespace; ends on the page of the request, connected."""
    open_form(page)
    fill_form(page, name, gpus)
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("heading", name=f"Namespace {name}")).to_be_visible()
    live(page)


def from_inbox(page: Page, name: str) -> None:
    """Opens the request for this namespace from the inbox, as soon as its plan is there."""
    rail(page, "Inbox").click()
    row = page.get_by_role("row", name=f"Namespace {name}")
    expect(row).to_contain_text("creates 16 objects")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Decide", exact=True)).to_be_visible()
    live(page)


def approve(page: Page) -> None:
    """The primary button of a request's page."""
    page.locator("[data-approve]").click()
    expect(page.locator("#messages")).to_contain_text("Approved.")


def make_namespace(visit: Visit, name: str) -> tuple[Page, Page]:
    """alice asks, the approver approves, it stands: alice's page of the namespace, the approver's of the request."""
    asker, approver = visit("alice"), visit("approver")
    ask(asker, name)
    from_inbox(approver, name)
    approve(approver)
    asker.get_by_role("link", name=f"Open {name}").click()
    expect(asker.locator("#state")).to_have_text("Ready")
    return asker, approver


def open_namespace(page: Page, name: str) -> None:
    """From the list of namespaces."""
    rail(page, "Namespaces").click()
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
