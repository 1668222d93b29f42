"""F8 for deployments: a value that the cluster's definition refuses, or a field that may never change. The reason is told, once."""

import pytest

from deployments.spec import Scaling
from kube.inventory import Ref
from kube.kinds import path_of
from tests.faults.deployments.scene import (
    MOST_REPLICAS,
    applied,
    attempt,
    begin,
    entries,
    known_kinds,
    live,
    no_hot_loop,
    rests,
    revise,
    states,
)

pytestmark = pytest.mark.django_db(transaction=True)

SERVICE = "InferenceService"


def is_refused(row, proxy):
    """Only its InferenceService is, and one attempt asks once. Returns what is shown."""
    proxy.forget()
    outcome = attempt(row)
    assert (outcome.state, outcome.reason) == ("refused", "Invalid")
    assert {kind for kind, state in states(row).items() if state == "failed"} == {SERVICE}
    assert len(proxy.mutations("/inferenceservices/")) == 1
    told = applied(row)
    assert told["reason"] == "Invalid" and told["message"].startswith(f"{SERVICE} {entries(row)[SERVICE]['name']}: ")
    return told["message"]


def test_a_value_that_the_definition_refuses_shows_its_reason_and_stops_there(cast, cluster, judge, proxy, hand):
    row = begin(cast, scaling=Scaling(2, MOST_REPLICAS + 1, cpu=80))
    message = is_refused(row, proxy)
    assert "spec.predictor.maxReplicas" in message and f"less than or equal to {MOST_REPLICAS}" in message
    others = known_kinds(cluster) - {SERVICE}
    assert {kind for kind, state in states(row).items() if state == "created"} == others
    assert all(live(hand, row, kind) for kind in others)
    assert row.observed_generation == 0
    rests(row)
    no_hot_loop(row, proxy, judge)
    revise(cast, row, scaling=Scaling(2, 3, cpu=80))
    assert attempt(row).state == "done"
    judge.agrees()


def test_a_change_that_is_refused_leaves_what_serves_and_changes_the_rest(served, cast, cluster, judge, proxy, hand):
    revise(cast, served, scaling=Scaling(3, MOST_REPLICAS + 1, cpu=80), min_available=2, exposure="outside")
    is_refused(served, proxy)
    assert live(hand, served, SERVICE)["spec"]["predictor"]["maxReplicas"] == 4
    assert len(live(hand, served, "HTTPRoute")["spec"]["hostnames"]) == 2
    if "PodDisruptionBudget" in known_kinds(cluster):
        assert live(hand, served, "PodDisruptionBudget")["spec"]["minAvailable"] == 2
    rests(served)
    revise(cast, served, scaling=Scaling(3, 5, cpu=80))
    assert attempt(served).state == "done"
    judge.agrees()


def test_a_field_that_may_never_change_shows_the_servers_words_until_the_object_is_made_anew(served, cast, judge, proxy, hand):
    if not keeps_rules(hand):
        pytest.skip("the server drops validation rules from definitions")
    revise(cast, served, protocol="v1")
    assert "protocolVersion" in is_refused(served, proxy) and "a protocol is kept" in applied(served)["message"]
    rests(served)
    no_hot_loop(served, proxy, judge)
    hand.request("DELETE", path_of(Ref.of(entries(served)[SERVICE])))
    assert attempt(served).state == "done"
    judge.agrees()


def keeps_rules(hand):
    definition = hand.request("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/inferenceservices.serving.kserve.io")
    return "x-kubernetes-validations" in str(definition)
