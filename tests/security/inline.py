"""Finds what a page would run or style by itself, which the Content-Security-Policy refuses and an attacker would write."""

from html.parser import HTMLParser

ADDRESSES = ("href", "src", "action", "formaction", "xlink:href")


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: (value or "").strip().lower() for name, value in attrs}
        data_only = values.get("type") in ("application/json", "text/plain")
        bad = tag == "style" or (tag == "script" and "src" not in values and not data_only)
        bad = bad or any(name == "style" or name.startswith("on") for name in values)
        if bad or any(values.get(name, "").startswith(("javascript:", "data:text")) for name in ADDRESSES):
            self.found.append(self.get_starttag_text() or tag)


def inline_parts(page: str) -> list[str]:
    """The tags of inline scripts and styles, event handlers and addresses that are scripts."""
    finder = _Finder()
    finder.feed(page)
    return finder.found
