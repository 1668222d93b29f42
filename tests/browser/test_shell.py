"""What stands around every page: keys, theme, language, the drawer on a narrow screen, the way out."""

import re

from playwright.sync_api import Page, expect

from tests.browser.crowd import Crowd, Visit, sign_in
from tests.browser.marks import BROWSER
from tests.browser.walks import open_namespace, rail
from tests.supervisor.quickstart import QuickStart

pytestmark = BROWSER
PHONE = {"width": 390, "height": 844}


def test_the_keyboard_searches_helps_and_walks(visit: Visit, space: str) -> None:
    page = visit("alice")
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search namespaces")
    expect(search).to_be_focused()
    page.keyboard.type(space)
    expect(page.locator("#search-results").get_by_role("link", name=space, exact=False).first).to_be_visible()
    assert search.input_value() == space
    page.keyboard.press("Enter")
    page.get_by_role("main").locator(".sw-found").get_by_role("link", name=space).first.click()
    expect(page.get_by_role("heading", name=space, level=1)).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Help and shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Capacity", level=1)).to_be_visible()


def test_the_theme_stays_after_a_reload_and_on_other_pages(visit: Visit) -> None:
    page = visit("alice", color_scheme="light")
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    menu(page, "Theme", "Dark")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    rail(page, "Capacity").click()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    menu(page, "Theme", "As the system")
    expect(root).to_have_attribute("data-bs-theme", "light")


def test_the_language_switches_to_chinese_and_back(visit: Visit) -> None:
    page = visit("alice")
    rail(page, "Namespaces").click()
    menu(page, "Language", "简体中文")
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^[\u4e00-\u9fff]+$"))
    assert page.url.endswith("/namespaces/")
    page.locator(".sw-brand").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    page.locator("summary", has=page.locator("use[href$=language]")).click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Hello, Alice")).to_be_visible()


def test_on_a_phone_the_rail_is_a_drawer_and_nothing_scrolls_sideways(visit: Visit, space: str) -> None:
    page = visit("alice", viewport=PHONE, has_touch=True)
    entry = rail(page, "Namespaces")
    button = page.get_by_role("button", name="Menu")
    expect(entry).not_to_be_in_viewport()
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(entry).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(entry).not_to_be_in_viewport()
    button.click()
    expect(entry).to_be_in_viewport()
    open_namespace(page, space)
    expect(entry).not_to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_whoever_signs_out_is_out(crowd: Crowd, portal: QuickStart) -> None:
    page = crowd.stranger()
    sign_in(page, portal, "bob")
    page.locator(".sw-who").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).not_to_have_url(portal.url + "/")
    page.goto(portal.url + "/namespaces/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def menu(page: Page, label: str, choice: str) -> None:
    """Opens one of the small menus at the top and chooses."""
    page.locator(f"summary[aria-label='{label}']").click()
    page.get_by_role("button", name=choice).click()
