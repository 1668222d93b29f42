"""What people and clusters write is text on every page: no markup, no script, no template, no terminal sequence."""

import logging
import re

import pytest
from django.utils.html import escape

from accounts.models import Team, User
from approvals.actions import comment_on_request
from approvals.models import Plan, Request
from clusters.models import Drift, Event, Observed, Pod
from registry.models import Change, ModelAlias, ModelVersion, RegisteredModel, Registry
from tests.security.asking import ask
from tests.security.expectations import table
from tests.security.inline import inline_parts
from tests.security.routes import every_route
from tests.security.world import make_world

MARK = "h0stile"
TEXTS = {
    "markup": f'<script>{MARK}()</script></title></textarea><img src=x onerror={MARK}()>" onmouseover="{MARK}()" javascript:{MARK}()',
    "template": f"{{{{ {MARK}|upper }}}} {{% {MARK} %}} ${{{MARK}}} &lt;{MARK}&gt;&#60;script&#62;",
    "terminal": f"{MARK}\x1b[31m{MARK}\x1b[0m\x1b]0;t\x07\u202e{MARK}\u2066\r\nSet-Cookie: a=b\r\n\r\n<html>",
}
TABLE = table()
# The admin site's pages that show a row once more.
DULL = re.compile(r"admin(/|.*_(delete|history|add)$)")
PAGES = [
    route for route in every_route() if (route.key, "GET") in TABLE and not route.pattern.startswith("api/") and not DULL.search(route.key)
]
RAW = ["<script>h0stile", "<img src=x", "<html>\n", '" onmouseover="h0stile', "</script></title>", "H0STILE", "\x1b", 'href="javascript:']


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def hostile_world(text):
    """The world with `text` wherever somebody or some cluster may write."""
    world = make_world()
    Request.objects.update(justification=text, reason=text, outcome_message=text, title=f"Namespace {text}"[:200])
    Team.objects.filter(name="vision").update(display_name=text[:100], idp_group=text[:100])
    User.objects.update(first_name=text[:100], last_name=text[:100])
    Pod.objects.update(name=text, message=text, reason=text[:100], node=text, ready=text[:12], phase="Failed")
    Event.objects.update(message=text, reason=text, involved_name=text, type=text[:20])
    Drift.objects.update(manager=text, fields=[text], live={text: text}, name=text)
    ref = {"apiVersion": "v1", "kind": text, "namespace": text, "name": text}
    verdict = {"ref": ref, "verdict": "refused", "message": text, "diff": [["+", text]], "stand_in": False}
    Plan.objects.update(objects_planned=[verdict], made_for=1, observed_generation=1)
    entry = {**ref, "uid": "u", "state": "failed", "message": text, "at": None, "paths": [], "digest": "", "resourceVersion": "1"}
    world.namespace.inventory = [entry]
    world.namespace.conditions = [
        {"type": "Applied", "status": "False", "reason": "Refused", "message": text, "lastTransitionTime": "2026-01-01T00:00:00Z"}
    ]
    world.namespace.save()
    body = {"metadata": {"annotations": {text: text}}}
    kinds = {"api_version": "v1", "kind": "ResourceQuota", "name": "slipway-quota", "namespace": world.namespace.name}
    Observed.objects.create(
        cluster=world.cluster,
        uid="u",
        resource_version="1",
        owner=world.namespace.holder,
        body=body,
        observed_at=world.namespace.created_at,
        **kinds,
    )
    RegisteredModel.objects.update(description=text, tags={text: text})
    told = {"run_name": text[:300], "experiment": text, "author": text, "stage": text[:40], "description": text, "details_problem": text}
    files = {"source": text, "download_uri": text, "metrics": {text: text}, "params": {text: text}, "flavors": {text: text}}
    shape = {"signature": {"inputs": [{"name": text, "type": text, "default": text}, text]}, "input_example": {text: [[text]]}}
    ModelVersion.objects.update(tags={text: text}, status=text[:40], **told, **files, **shape)
    ModelAlias.objects.filter(name="champion").update(name=text[:200])
    refused = {"type": "Applied", "status": "False", "reason": "Refused", "message": text, "lastTransitionTime": "2026-01-01T00:00:00Z"}
    Change.objects.update(conditions=[refused], arguments={"key": text, "value": text}, next_reconcile_at=None)
    Registry.objects.update(phase="failed", phase_detail=text[:300], version=text[:40])
    comment_on_request(actor=world.people["alice"], request=world.request, body=text)
    return world


@pytest.mark.django_db
@pytest.mark.parametrize("kind", TEXTS)
def test_hostile_text_stays_text_on_every_page(kind):
    world = hostile_world(TEXTS[kind])
    shown = 0
    for route in PAGES:
        role = "admin" if route.key.startswith("admin") else "approver"
        response = ask(world, route, "GET", role).response
        if getattr(response, "streaming", False) or not response.get("Content-Type", "").startswith("text/html"):
            continue
        page = response.content.decode()
        raw = [each for each in RAW if each in page]
        assert not raw, f"{route.key}: {raw}"
        assert not inline_parts(page), route.key
        assert not any("\n" in value or "\r" in value for value in response.headers.values())
        shown += MARK in page
    assert shown >= 8, "the text was hardly shown, so nothing was proven"


@pytest.mark.django_db
def test_a_comment_with_markup_is_shown_as_it_was_written():
    world = hostile_world(TEXTS["markup"])
    page = ask(world, next(route for route in PAGES if route.key == "request_detail"), "GET", "viewer").response.content.decode()
    assert escape(TEXTS["markup"]) in page


@pytest.mark.django_db
def test_a_template_in_a_comment_is_not_run():
    world = hostile_world(TEXTS["template"])
    page = ask(world, next(route for route in PAGES if route.key == "request_detail"), "GET", "viewer").response.content.decode()
    assert escape(TEXTS["template"]) in page


@pytest.mark.django_db
def test_a_malformed_request_id_is_not_echoed(client):
    answer = client.get("/healthz", headers={"X-Request-ID": f"{MARK} [31m"})
    assert MARK not in answer["X-Request-ID"]


def test_the_finder_of_inline_parts_finds_them():
    for part in ("<script>x</script>", "<b onclick=x>", '<p style="a:b">', '<a href=" JavaScript:x">', "<style>", "<img src=x onerror=y>"):
        assert inline_parts(f"<div>{part}</div>"), part
    assert not inline_parts(
        '<script src="/a.js"></script><script type="application/json">{}</script><a title="&quot; onclick=x" href="/">javascript:</a>'
    )
