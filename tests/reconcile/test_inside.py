"""Rows in another row's namespace: nothing is written into another one, and exactly their own objects are made and taken."""

from contextlib import contextmanager

import pytest
from django.db.models.functions import Now

from kube.errors import ApiError
from kube.inventory import Ref, planned_entry
from kube.kinds import collection_path, path_of
from reconcile.engine import reconcile
from tenants.models import Namespace
from tests.clusters.watching import edit, get, merge, until
from tests.reconcile.guests import account, limits
from tests.tenancy import make_due

HOLD = [{"op": "add", "path": "/metadata/finalizers", "value": ["example.com/hold"]}]


def run(row):
    make_due(row)
    outcome = reconcile("guest", row.pk)
    row.refresh_from_db()
    return outcome


def doom(row):
    Namespace.objects.filter(pk=row.pk).update(deletion_requested_at=Now())
    row.refresh_from_db()


def entry(row, name):
    return next(each for each in row.inventory if each["name"] == name)


def names(row):
    return {each["name"] for each in row.inventory}


def versions(hand, row):
    """Of what nobody but us writes to: the controllers of old clusters give each ServiceAccount a token."""
    own = (each for each in row.inventory if each["kind"] != "ServiceAccount")
    return {each["name"]: get(hand, each)["metadata"]["resourceVersion"] for each in own}


def calls_of(monkeypatch, guests, row):
    """The verbs of the calls from now on."""
    api, verbs = guests.connect(row), []
    call = api.call

    def counting(method, path, **options):
        verbs.append(method)
        return call(method, path, **options)

    monkeypatch.setattr(api, "call", counting)
    return verbs


def test_the_objects_are_made_with_the_owners_marks_and_confirmed(guest, guests, hand):
    guests.wanted = [limits("a"), account("b")]
    assert (run(guest).state, guest.observed_generation) == ("done", guest.generation)
    for item in guest.inventory:
        live = get(hand, item)
        assert live["metadata"]["uid"] == item["uid"]
        assert live["metadata"]["annotations"]["slipway.dev/claim"] == guest.claim
        assert live["metadata"]["labels"]["slipway.dev/owner"] == f"guest.{guest.pk}"


def test_what_stands_is_not_applied_again(guest, guests, hand, monkeypatch):
    guests.wanted = [limits("a"), account("b")]
    run(guest)
    before, verbs = versions(hand, guest), calls_of(monkeypatch, guests, guest)
    assert [run(guest).state for _ in range(3)] == ["done"] * 3
    assert set(verbs) == {"GET"}
    assert versions(hand, guest) == before


def test_only_what_differs_is_applied(guest, guests, hand, monkeypatch):
    guests.wanted = [limits("a"), limits("b"), account("c")]
    run(guest)
    merge(hand, entry(guest, "b"), {"spec": {"limits": [{"type": "Container", "max": {"cpu": "9"}}]}})
    before, verbs = versions(hand, guest), calls_of(monkeypatch, guests, guest)
    assert run(guest).state == "done"
    assert verbs.count("PATCH") == 1
    after = versions(hand, guest)
    assert {name for name in before if before[name] != after[name]} == {"b"}


def test_names_are_saved_before_the_first_apply(guest, guests, monkeypatch):
    guests.wanted = [limits("a"), account("b")]
    seen = []

    def die(*_arguments, **_options):
        seen.append(Namespace.objects.get(pk=guest.pk).inventory)
        raise RuntimeError("killed")

    monkeypatch.setattr("reconcile.inside.apply_all", die)
    run(guest)
    assert [each["name"] for each in seen[0]] == ["a", "b"]


def test_what_is_no_longer_wanted_goes_and_nothing_else(guest, guests, hand):
    guests.wanted = [limits("a"), limits("b")]
    run(guest)
    gone = entry(guest, "b")
    guests.wanted = [limits("a")]
    assert run(guest).state == "done"
    assert names(guest) == {"a"}
    assert get(hand, gone) is None and get(hand, entry(guest, "a"))
    guests.wanted = []
    assert (run(guest).state, guest.inventory) == ("done", [])


def test_one_refused_object_does_not_keep_the_others_from_being_applied(guest, guests, hand):
    broken = limits("a", cpu="2")
    broken["spec"]["limits"][0]["min"] = {"cpu": "4"}
    guests.wanted = [broken, limits("b")]
    outcome = run(guest)
    assert outcome.state == "refused" and "LimitRange a" in outcome.message
    assert get(hand, entry(guest, "b"))
    assert guest.observed_generation == 0


def test_an_object_that_is_somebody_elses_is_left_alone(guest, guests, hand, host):
    theirs = {**limits("a"), "metadata": {"name": "a", "namespace": host.name}}
    made = hand.request("POST", collection_path("v1", "LimitRange", host.name), body=theirs)
    guests.wanted = [limits("a"), limits("b")]
    outcome = run(guest)
    assert (outcome.state, outcome.reason) == ("refused", "NotOurs")
    assert get(hand, made)["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]
    assert get(hand, entry(guest, "b"))
    doom(guest)
    assert run(guest).state == "removed"
    assert get(hand, made) and get(hand, planned_entry({**limits("b"), "metadata": {"name": "b", "namespace": host.name}})) is None


def test_nothing_is_rendered_into_another_namespace(guest, guests, hand):
    stray = limits("a")
    stray["metadata"]["namespace"] = "default"
    guests.wanted = [stray]
    assert run(guest).reason == "InternalError"
    assert guest.inventory == []


def test_a_namespace_that_was_never_applied_is_waited_for(guest, guests, host):
    Namespace.objects.filter(pk=host.pk).update(inventory=[])
    guests.wanted = [limits("a")]
    outcome = run(guest)
    assert (outcome.state, outcome.reason) == ("waiting", "NamespaceNotReady")
    assert guest.next_reconcile_at is not None


def test_a_namespace_that_is_gone_is_waited_for_and_one_in_its_place_gets_nothing(guest, guests, hand, host):
    guests.wanted = [limits("a")]
    run(guest)
    space = f"/api/v1/namespaces/{host.name}"
    hand.request("DELETE", space)
    outcome = run(guest)
    assert (outcome.state, outcome.reason) == ("waiting", "NamespaceNotReady")
    until(lambda: get(hand, guests.space()) is None, "the namespace is gone", 40)
    outcome = run(guest)
    assert (outcome.state, outcome.reason) == ("waiting", "NamespaceNotReady")
    hand.request("POST", "/api/v1/namespaces", body={"metadata": {"name": host.name}})
    outcome = run(guest)
    assert (outcome.state, outcome.reason) == ("refused", "NamespaceReplaced")
    assert get(hand, entry(guest, "a")) is None
    doom(guest)
    assert run(guest).state == "removed"
    hand.request("DELETE", space)


def test_a_deletion_takes_exactly_the_rows_objects(guest, guests, hand, host):
    guests.wanted = [limits("a"), account("b")]
    run(guest)
    kept, gone = [each for each in host.inventory if each["kind"] != "Namespace"], list(guest.inventory)
    doom(guest)
    outcome = run(guest)
    assert (outcome.state, guest.inventory) == ("removed", [])
    assert [get(hand, each) for each in gone] == [None, None]
    assert all(get(hand, each)["metadata"]["uid"] == each["uid"] for each in kept)


def test_a_deletion_without_anything_made_is_over_at_once(guest, guests, monkeypatch):
    doom(guest)
    monkeypatch.setattr(guests, "connect", lambda row: pytest.fail("nothing needs to be asked"))
    assert run(guest).state == "removed"


def test_a_deletion_after_the_namespace_went_is_over(guest, guests, hand, host):
    guests.wanted = [limits("a")]
    run(guest)
    hand.request("DELETE", f"/api/v1/namespaces/{host.name}")
    until(lambda: get(hand, guests.space()) is None, "the namespace is gone", 40)
    doom(guest)
    assert run(guest).state == "removed"


def test_a_foreign_finalizer_is_respected_and_named(guest, guests, hand):
    guests.wanted = [limits("a"), limits("b")]
    run(guest)
    held = entry(guest, "a")
    edit(hand, held, HOLD)
    doom(guest)
    for _ in range(2):
        outcome = run(guest)
        assert (outcome.state, outcome.reason) == ("waiting", "Terminating")
        assert "example.com/hold" in outcome.message
        assert names(guest) == {"a"}
    assert get(hand, held)["metadata"]["finalizers"] == ["example.com/hold"]
    edit(hand, held, [{"op": "remove", "path": "/metadata/finalizers"}])
    assert run(guest).state == "removed"


@pytest.mark.parametrize("code", [403, 500])
def test_a_refused_delete_stays_in_the_inventory_and_is_tried_again(guest, guests, hand, monkeypatch, code):
    guests.wanted = [limits("a"), limits("b"), limits("c")]
    run(guest)
    doom(guest)
    with refusing(monkeypatch, guests.connect(guest), "DELETE", "/limitranges/b", code):
        outcome = run(guest)
    assert outcome.state == ("refused" if code == 403 else "retry")
    assert names(guest) == {"b"} and "planted" in entry(guest, "b")["message"]
    assert get(hand, entry(guest, "b"))
    assert run(guest).state == "removed"


def test_an_object_in_place_of_ours_is_not_deleted(guest, guests, hand):
    guests.wanted = [limits("a")]
    run(guest)
    item = entry(guest, "a")
    hand.request("DELETE", path_of(Ref.of(item)))
    theirs = {**limits("a"), "metadata": {"name": "a", "namespace": item["namespace"]}}
    hand.request("POST", collection_path("v1", "LimitRange", item["namespace"]), body=theirs)
    doom(guest)
    assert run(guest).state == "removed"
    assert get(hand, item)


def test_an_outage_at_the_first_call_blocks_the_row_and_is_no_failure_of_it(guest, guests, monkeypatch):
    guests.wanted = [limits("a")]
    with refusing(monkeypatch, guests.connect(guest), "GET", "/namespaces/", 503):
        outcome = run(guest)
    assert outcome.state == "blocked"
    assert (guest.failures, guest.blocked_on) == (0, guest.cluster.key)


@contextmanager
def refusing(monkeypatch, api, verb, path, code):
    """The API server refuses calls of this verb to such paths, while the block runs."""
    call, reasons = api.call, {403: "Forbidden", 500: "InternalError", 503: "ServiceUnavailable"}

    def refuse(method, where, **options):
        if method == verb and path in where:
            raise ApiError(code, reasons[code], "planted")
        return call(method, where, **options)

    with monkeypatch.context() as patch:
        patch.setattr(api, "call", refuse)
        yield
