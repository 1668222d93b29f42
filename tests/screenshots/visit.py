"""Opens pages in Chromium as somebody, in a language and a width; takes the pictures and says what is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlparse

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from accounts.models import User
from portal.assets import NODE_MODULES
from tests.screenshots.places import Place

AXE = NODE_MODULES / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")
THEMES = ("light", "dark")
WIDTHS = {1440: 900, 390: 844}
LANGUAGES = {"en": "en-GB", "zh-hans": "zh-CN"}
SETTLE_MS = 250
POLICY_REPORTS = """() => { window.__reports = [];
  document.addEventListener("securitypolicyviolation", (e) => window.__reports.push(e.violatedDirective + " " + e.blockedURI)); }"""

# Buttons outside of a card with less than 8 px to the card below them.
TOUCHING = """() => [...document.querySelectorAll(".sw-buttons")].flatMap((row) => {
  if (!row.offsetHeight || row.closest(".card")) return [];
  const above = row.getBoundingClientRect();
  return [...document.querySelectorAll(".card")].filter((card) => {
    const below = card.getBoundingClientRect(), gap = below.top - above.bottom;
    return card.offsetHeight && gap > -1 && gap < 8 && below.left < above.right && above.left < below.right;
  }).map((card) => card.querySelector("h2")?.textContent ?? card.className);
})"""


@dataclass
class Findings:
    """What was wrong, line by line, and the links that pages offered, by who saw them."""

    faults: list[str] = field(default_factory=list)
    links: dict[tuple[str, str], str] = field(default_factory=dict)
    pictures: list[Path] = field(default_factory=list)


class Visitor:
    """One language and width; a browser context for each person."""

    def __init__(self, browser: Browser, address: str, folder: Path, language: str, width: int, findings: Findings) -> None:
        self.browser, self.address, self.folder, self.language, self.width = browser, address, folder, language, width
        self.findings = findings
        self.pages: dict[str, Page] = {}
        self.said: list[str] = []

    def visit(self, place: Place) -> None:
        """Both themes of one place, each loaded anew: colours on their way to another theme would be judged."""
        page = self.page_of(place.who)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            self._open(page, place)
            # Before the picture: taking one injects a style, which the page's policy reports.
            self._judge(page, place)
            self._axe(page, place, theme)
            self._picture(page, place, theme)

    def _open(self, page: Page, place: Place) -> None:
        self.said.clear()
        answer = page.goto(self.address + place.path)
        page.wait_for_timeout(SETTLE_MS)
        if answer is None or answer.status != place.status:
            self._fault(place, f"answered {answer.status if answer else 'nothing'} instead of {place.status}")
        if page.url != self.address + place.path:
            self._fault(place, f"sent away to {page.url}")

    def page_of(self, who: str) -> Page:
        """The person's page, signed in without the form, which has tests of its own."""
        if who not in self.pages:
            size = {"width": self.width, "height": WIDTHS[self.width]}
            # Colours must not be on their way to the other theme when they are judged.
            context = self.browser.new_context(viewport=size, locale=LANGUAGES[self.language], reduced_motion="reduce")  # type: ignore[arg-type]
            context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": self.language, "url": self.address}])
            context.add_init_script(f"({POLICY_REPORTS})()")
            if who:
                sign_in(context, self.address, who)
            page = context.new_page()
            page.on("console", self._hear)
            page.on("pageerror", lambda error: self.said.append(f"script error: {error}"))
            self.pages[who] = page
        return self.pages[who]

    def close(self) -> None:
        """Ends all contexts."""
        for page in self.pages.values():
            page.context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        # Judged elsewhere: the status, as some pages are a 404 on purpose; and the policy, by the page's own reports, as the style
        # that taking a picture injects is told late, of the next page.
        elsewhere = ("the server responded with a status", "Content Security Policy")
        if message.type == "error" and not any(words in message.text for words in elsewhere):
            self.said.append(f"console: {message.text}")

    def _picture(self, page: Page, place: Place, theme: str) -> None:
        path = self.folder / f"{place.name}.{self.language}.{theme}.{self.width}.png"
        page.screenshot(path=path, full_page=True, animations="disabled")
        self.findings.pictures.append(path)

    def _axe(self, page: Page, place: Place, theme: str) -> None:
        if self.language != "en" and (theme, self.width) != ("light", min(WIDTHS)):
            return  # the same markup and colours again; the Chinese words are judged where there is least room
        # evaluated, not added as a script: the page's policy would refuse it
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(AXE.read_text())
        rules = {"resultTypes": ["violations"]} if theme == "light" else {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
        found = page.evaluate("async (rules) => (await axe.run(document, rules)).violations", rules)
        for violation in found:
            if violation["impact"] in SERIOUS:
                targets = ", ".join(str(node["target"][0]) for node in violation["nodes"][:3])
                self._fault(place, f"{theme}: axe {violation['id']}: {targets}")

    def _judge(self, page: Page, place: Place) -> None:
        for line in dict.fromkeys(self.said):
            self._fault(place, line)
        for report in page.evaluate("() => window.__reports"):
            self._fault(place, f"policy: {report}")
        if (over := page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")) > 0:
            self._fault(place, f"scrolls sideways by {over} px")
        for words in page.evaluate(TOUCHING):
            self._fault(place, f"a card touches the buttons above it: {words}")
        for link in page.eval_on_selector_all("a[href]", "all => all.map((a) => a.getAttribute('href'))"):
            address = urldefrag(urljoin(page.url, link))[0]
            if urlparse(address).netloc == urlparse(self.address).netloc:
                self.findings.links.setdefault((place.who, address), place.name)

    def _fault(self, place: Place, text: str) -> None:
        fault = f"{place.name} [{self.language}, {self.width} px]: {text}"
        self.findings.faults.append(fault)
        print(fault, flush=True)


def sign_in(context: BrowserContext, address: str, who: str) -> None:
    """A session of this person."""
    client = Client()
    client.force_login(User.objects.get(username=who), backend=settings.AUTHENTICATION_BACKENDS[-1])
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])


@contextmanager
def visiting(browser: Browser, address: str, folder: Path, language: str, width: int, findings: Findings) -> Iterator[Visitor]:
    """A visitor whose contexts are closed at the end."""
    visitor = Visitor(browser, address, folder, language, width, findings)
    try:
        yield visitor
    finally:
        visitor.close()


def dead_links(browser: Browser, address: str, findings: Findings) -> None:
    """Asks for each link once, as each person who saw it."""
    for who in sorted({who for who, _ in findings.links}):
        context = browser.new_context()
        if who:
            sign_in(context, address, who)
        for (seen_by, link), name in findings.links.items():
            if seen_by == who and (status := context.request.get(link).status) >= 400:
                findings.faults.append(f"{name}: dead link {link} ({status}) for {who or 'a stranger'}")
                print(findings.faults[-1], flush=True)
        context.close()
