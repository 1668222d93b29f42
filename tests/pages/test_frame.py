"""What stands around every page: headers, assets, who is let in, the language."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from audit.errors import Conflict
from portal import assets
from portal.conflicts import ConflictMiddleware
from tests.factories import make_user
from tests.pages.browsing import page_client
from tests.tenancy import make_cluster

INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:")


@pytest.mark.django_db
def test_a_page_allows_nothing_inline_and_is_kept_by_no_cache() -> None:
    answer = page_client(make_user("alice")).get("/")
    assert "unsafe-inline" not in answer["Content-Security-Policy"] and "default-src 'self'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-store"
    assert not INLINE.search(answer.content.decode())


TEMPLATES = settings.BASE_DIR / "templates"


@pytest.mark.parametrize("template", [str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")])
def test_no_template_has_inline_style_or_script(template: str) -> None:
    assert not INLINE.search((TEMPLATES / template).read_text())


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/requests/", "/namespaces/", "/namespaces/new/", "/audit/", "/capacity/", "/search/?q=x"])
def test_a_stranger_is_asked_to_sign_in(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302 and answer["Location"].startswith("/account/login/?next=")


@pytest.mark.django_db
def test_the_language_is_switched_by_a_form_and_stays() -> None:
    make_cluster(is_sandbox=True)
    client = page_client(make_user("alice"))
    client.post("/language/", {"language": "zh-hans", "next": "/"})
    page = client.get("/").content.decode()
    assert '<html lang="zh-hans"' in page and "沙箱" in page


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "words"), [("approver", "/inbox/"), ("auditor", "/drift/")])
def test_the_rail_shows_what_a_role_can_reach(role: str, words: str) -> None:
    assert words in page_client(make_user(platform_roles=[role])).get("/").content.decode()
    assert words not in page_client(make_user(team_roles={"vision": "owner"})).get("/").content.decode()


def test_without_packages_there_is_one_warning_and_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(assets, "NODE_MODULES", tmp_path)
    [warning] = assets.PackageFinder().check()
    assert warning.hint == "Run `npm ci`." and list(assets.PackageFinder().list([])) == []
    assert assets.PackageFinder().find("vendor/htmx/htmx.min.js") == []


@pytest.mark.skipif(not assets.NODE_MODULES.is_dir(), reason="npm ci has not run")
def test_the_files_that_pages_name_are_found() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    for html in ("bare.html", "500.html"):
        for name in re.findall(r'(?:href|src)="/static/([^"#]+)"', render_to_string(html, request=request)):
            assert finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.)", "", name)), name


@pytest.mark.django_db
def test_a_contradiction_that_no_view_caught_is_a_409_with_its_reason() -> None:
    answer: Any = ConflictMiddleware(lambda request: None).process_exception(HttpRequest(), Conflict("It is gone."))  # type: ignore[arg-type,return-value]
    assert answer.status_code == 409 and "It is gone." in answer.content.decode()
