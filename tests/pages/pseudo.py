"""A language in which every translated text stands in brackets, and the search for visible text that has none."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.utils import translation

APPS = ("accounts", "approvals", "audit", "clusters", "tenants", "registry", "deployments")
OPEN, CLOSE = "⟦", "⟧"
MARKED = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
WORD = re.compile(r"[^\W\d_]{2,}")
# Names, and units that are written alike in every language.
SAME_EVERYWHERE = ("Slipway", "English", "简体中文", "Kubernetes", "KiB", "MiB", "GiB", "TiB", "UTC", "Esc")
SILENT = {"script", "style", "code", "pre", "kbd", "time", "svg"}
SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-live", "data-waiting", "data-paused", "data-done", "data-word-changed")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "path", "use"}


def speak(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on gettext answers with the text in brackets."""
    translation.gettext("")  # the first call decides where translations come from
    source = translation._trans  # type: ignore[attr-defined]
    monkeypatch.setattr(source, "gettext", lambda message: _bracketed(message))
    monkeypatch.setattr(source, "pgettext", lambda context, message: _bracketed(message))
    monkeypatch.setattr(source, "ngettext", lambda one, many, number: _bracketed(one if number == 1 else many))
    monkeypatch.setattr(source, "npgettext", lambda context, one, many, number: _bracketed(one if number == 1 else many))


def _bracketed(message: str) -> str:
    return f"{OPEN}{message}{CLOSE}" if message else ""


def unmarked(html: str, data: list[str]) -> list[str]:
    """What a reader sees or hears in `html` that is neither bracketed nor one of the `data`, longest first."""
    reader = _Reader()
    reader.feed(html)
    ends = [] if reader.depth == 0 else ["a bracket is never closed: a translated text is cut off somewhere"]
    return ends + [text for text in reader.texts if WORD.search(_rest(text, data))]


def _rest(text: str, data: list[str]) -> str:
    while MARKED.search(text):
        text = MARKED.sub(" ", text)
    for known in (*data, *SAME_EVERYWHERE):
        text = text.replace(known, " ")
    return text


class _Reader(HTMLParser):
    """Collects texts and spoken attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append("pre" if ("class", "mono") in attrs else tag)
        if tag != "time":
            self.texts += [value for name, value in attrs if name in SPOKEN and value and value.strip()]

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        bare = self._outside(data)
        if bare.strip() and not SILENT & set(self.open):
            self.texts.append(" ".join(bare.split()))

    def _outside(self, data: str) -> str:
        """What stands in no bracket; a bracket may be opened before a <code> and closed behind it."""
        kept = []
        for letter in data:
            self.depth += (letter == OPEN) - (letter == CLOSE)
            kept.append(letter if self.depth == 0 and letter != CLOSE else " ")
        return "".join(kept)


def data_of_the_rows() -> list[str]:
    """Every text that stands in a row, longest first: what people, clusters and the engine wrote."""
    found: set[str] = set()
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            for values in model._default_manager.values():
                found |= {" ".join(text.split()) for value in values.values() for text in _texts(value)}
    return sorted((text for text in found if len(text) > 2), key=len, reverse=True)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (value, *value.splitlines())
    elif isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
