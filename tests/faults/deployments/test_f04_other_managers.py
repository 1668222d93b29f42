"""F4 for deployments: another manager owns a field of one of their objects. It is named and left alone, and the rest goes on."""

import time

import pytest

from deployments.spec import Scaling
from kube.inventory import Ref
from kube.kinds import path_of
from tests.clusters.watching import until, watching, working
from tests.faults.deployments.scene import (
    applied,
    attempt,
    entries,
    known_kinds,
    live,
    no_hot_loop,
    owned_by,
    rests,
    revise,
    states,
)

pytestmark = pytest.mark.django_db(transaction=True)

# Of each kind that is shared: what somebody else wants of it, and the field by which the API server calls that.
THEIRS = {
    "InferenceService": ({"spec": {"predictor": {"minReplicas": 3}}}, ".spec.predictor.minReplicas"),
    "HorizontalPodAutoscaler": ({"spec": {"minReplicas": 3}}, ".spec.minReplicas"),
    "ServiceMonitor": ({"spec": {"endpoints": [{"port": "theirs"}]}}, ".spec.endpoints"),
    "HTTPRoute": ({"spec": {"hostnames": ["theirs.example.com"]}}, ".spec.hostnames"),
}
SERVICE = "InferenceService"


def at(thing, field):
    for key in field.split(".")[1:]:
        thing = thing[key]
    return thing


def writes_status(hand, row, replicas):
    """What KServe does all the time."""
    path = path_of(Ref.of(entries(row)[SERVICE])) + "/status"
    body = {"status": {"observedGeneration": replicas}}
    hand.request("PATCH", path, query={"fieldManager": "manager"}, body=body, content_type="application/merge-patch+json")


def test_whoever_owns_a_field_keeps_it_and_is_named_until_it_is_given_up(served, cluster, judge, proxy, hand):
    for kind in [each for each in THEIRS if each in known_kinds(cluster)]:
        wanted, field = THEIRS[kind]
        owned_by(hand, served, kind, "tuner-of-theirs", wanted)
        outcome = attempt(served)
        assert (outcome.state, outcome.reason) == ("refused", "FieldConflict")
        told = applied(served)
        assert (told["status"], told["reason"]) == ("False", "FieldConflict")
        assert f"{kind} " in told["message"] and f"tuner-of-theirs owns {field}" in told["message"]
        assert {each for each, state in states(served).items() if state != "unchanged"} == {kind}
        assert at(live(hand, served, kind), field) == at(wanted, field)
        assert [kind in complaint for complaint in judge.complaints()] == [True], "the oracle sees it too"
        rests(served)
        if kind == SERVICE:
            no_hot_loop(served, proxy, judge)
        owned_by(hand, served, kind, "tuner-of-theirs", {})
        assert attempt(served).state == "done"
        judge.agrees()


def test_a_conflict_holds_up_its_own_object_alone(served, cast, cluster, judge, hand):
    owned_by(hand, served, SERVICE, "tuner-of-theirs", THEIRS[SERVICE][0])
    if "PodDisruptionBudget" in known_kinds(cluster):
        owned_by(hand, served, "PodDisruptionBudget", "drainer", {"spec": {"minAvailable": 0}})
    revise(cast, served, exposure="outside", min_available=2, scaling=Scaling(4, 6, cpu=70))
    before = served.observed_generation
    outcome = attempt(served)
    assert (outcome.state, outcome.reason, served.observed_generation) == ("refused", "FieldConflict", before)
    others = known_kinds(cluster) - {SERVICE}
    assert {kind for kind, state in states(served).items() if state in ("changed", "unchanged")} == others
    assert len(live(hand, served, "HTTPRoute")["spec"]["hostnames"]) == 2
    if "PodDisruptionBudget" in others:
        assert live(hand, served, "PodDisruptionBudget")["spec"]["minAvailable"] == 2, "a budget is all ours"
        assert live(hand, served, "HorizontalPodAutoscaler")["spec"]["maxReplicas"] == 6
    owned_by(hand, served, SERVICE, "tuner-of-theirs", {})
    assert attempt(served).state == "done"
    judge.agrees()


def test_nothing_is_fought_over_and_it_ends_by_itself(served, cluster, judge, proxy, hand, monkeypatch):
    with working(monkeypatch) as woken, watching(cluster):
        owned_by(hand, served, SERVICE, "tuner-of-theirs", THEIRS[SERVICE][0])
        until(lambda: applied(served)["reason"] == "FieldConflict", "the conflict is told")
        until(woken.empty, "the worker is done")
        proxy.forget()
        for number in range(4, 9):
            owned_by(hand, served, SERVICE, "tuner-of-theirs", {"spec": {"predictor": {"minReplicas": number}}})
            writes_status(hand, served, number)
            time.sleep(0.2)
        assert proxy.mutations() == []
        assert applied(served)["reason"] == "FieldConflict"
        owned_by(hand, served, SERVICE, "tuner-of-theirs", {})
        until(lambda: applied(served)["status"] == "True", "it is applied again", 5)
    judge.agrees()
