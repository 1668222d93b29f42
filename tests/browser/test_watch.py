"""The watch that every test of this folder relies on notices what it should."""

from playwright.sync_api import Browser, StorageState

from tests.browser.crowd import Crowd
from tests.browser.marks import BROWSER
from tests.supervisor.quickstart import QuickStart

pytestmark = BROWSER
FAULTS = """
document.head.append(Object.assign(document.createElement("script"), { textContent: "1" }));
setTimeout(() => { throw new Error("planted throw"); });
console.error("planted words");
fetch("/nothing-here/").then(() => document.body.setAttribute("data-answered", ""));
"""


def test_a_page_that_misbehaves_is_noticed(chromium: Browser, portal: QuickStart, sessions: dict[str, StorageState]) -> None:
    people = Crowd(chromium, portal, sessions)
    page = people.visit("alice")
    assert not people.watch.complaints()
    page.evaluate(f"() => {{ {FAULTS} }}")
    page.locator("[data-answered]").wait_for()
    page.goto(portal.url + "/no-such-page/")
    people.leave()
    complaints = people.watch.complaints()
    for words in ("content policy: script-src-elem refused inline", "a script threw: planted throw", "planted words", "/nothing-here/"):
        assert words in complaints
    assert "/no-such-page/" not in complaints
