"""Several people at once, each in a browser context of their own, signed in through the form."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from tests.browser.watch import Watch
from tests.supervisor.quickstart import QuickStart

Visit = Callable[..., Page]


def sign_in(page: Page, portal: QuickStart, name: str) -> None:
    """Opens the portal, fills the form in, arrives at home."""
    page.goto(portal.url)
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(portal.credentials()[name]["password"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Hello,")).to_be_visible()


class Crowd:
    """The people of one test. Who signed in once is known again: `sessions` is shared by the tests."""

    def __init__(self, browser: Browser, portal: QuickStart, sessions: dict[str, StorageState]) -> None:
        self._browser, self._portal, self._sessions = browser, portal, sessions
        self._contexts: list[BrowserContext] = []
        self.watch = Watch()

    def visit(self, name: str, **options: Any) -> Page:
        """This person at home, in a new context with these options."""
        page = self.stranger(storage_state=self._sessions.get(name), **options)
        if name in self._sessions:
            page.goto(self._portal.url)
        else:
            sign_in(page, self._portal, name)
            self._sessions[name] = page.context.storage_state()
        return page

    def stranger(self, **options: Any) -> Page:
        """An empty page of nobody."""
        context = self._browser.new_context(**options)
        self._contexts.append(context)
        page = context.new_page()
        self.watch.follow(page)
        return page

    def leave(self) -> None:
        """Closes every page."""
        for context in self._contexts:
            context.close()
