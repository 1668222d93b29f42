"""What no page may do: log an error, break the content policy, throw in a script, get a server error."""

from playwright.sync_api import ConsoleMessage, Page, Response

# Chromium logs every document that is answered with 4xx; 404, 409 and 422 are pages of ours.
LOGGED_DOCUMENT = "Failed to load resource: the server responded with a status of 4"
# htmx logs a request that it was told to give up: the next key of a form that answers while somebody types, the next page.
GIVEN_UP = ("htmx:afterRequest", "htmx:sendAbort")
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`content policy: ${event.effectiveDirective} refused ${event.blockedURI} on ${event.documentURI}`));
"""


class Watch:
    """Follows pages; `complaints` judges at the end, when every answer is known."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self._logged: list[tuple[str, str]] = []
        self._refused_documents: set[str] = set()

    def follow(self, page: Page) -> None:
        """From before its first address."""
        page.add_init_script(TELL_VIOLATIONS)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._found.append(f"a script threw: {error}"))
        page.on("response", self._on_response)

    def complaints(self) -> str:
        """One line for each thing that a page must not do."""
        return "\n".join(self._found + [f"{text} ({url})" for text, url in self._logged if not self._is_our_page(text, url)])

    def _is_our_page(self, text: str, url: str) -> bool:
        return text.startswith(LOGGED_DOCUMENT) and url in self._refused_documents

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(GIVEN_UP):
            self._logged.append((message.text, message.location["url"]))

    def _on_response(self, answer: Response) -> None:
        if answer.status >= 500:
            self._found.append(f"{answer.request.method} {answer.url}: HTTP {answer.status}")
        if 400 <= answer.status < 500 and answer.request.is_navigation_request():
            self._refused_documents.add(answer.url)
