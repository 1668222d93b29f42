"""Event texts of Kubernetes 1.20 to 1.34, as its controllers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.scaling.messages import ReplicaSetScale, Rescale, replica_set_scale, rescale


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("New size: 3; reason: cpu resource utilization (percentage of request) above target", Rescale(3, "cpu")),
        ("New size: 2; reason: memory resource utilization (percentage of request) above target", Rescale(2, "memory")),
        ("New size: 4; reason: cpu resource above target", Rescale(4, "cpu")),
        ("New size: 4; reason: memory resource above target", Rescale(4, "memory")),
        ("New size: 5; reason: cpu container resource utilization (percentage of request) above target", Rescale(5, "cpu")),
        ("New size: 5; reason: cpu container resource above target", Rescale(5, "cpu")),
        ("New size: 9; reason: pods metric requests_per_second above target", Rescale(9, "pods metric requests_per_second")),
        ("New size: 1; reason: All metrics below target", Rescale(1, "")),
        ("New size: 2; reason: Current number of replicas below Spec.MinReplicas", Rescale(2, "minimum")),
        ("New size: 8; reason: Current number of replicas above Spec.MaxReplicas", Rescale(8, "maximum")),
        ("New size: 1; reason: Current number of replicas must be greater than 0", Rescale(1, "minimum")),
        (
            "New size: 3; reason: external metric s0-prometheus(&LabelSelector{MatchLabels:map[string]string{a: b,},}) above target",
            Rescale(3, "external metric s0-prometheus(&LabelSelector{MatchLabels:map[string]string{a: b,},})"),
        ),
        ("New size: 3; reason: ", Rescale(3, "")),
        ("New size: 99999999999; reason: All metrics below target", None),
        ("New size: 9999999999; reason: All metrics below target", None),
        ("New size: 3; reason: cpu resource above target; error: Operation cannot be fulfilled", Rescale(3, "")),
        ("the HPA controller was unable to update the target scale", None),
        ("", None),
    ],
)
def test_what_an_autoscaler_says(message, told):
    assert rescale(message) == told


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("Scaled up replica set detector-r1-predictor-7dc458997b to 3", ReplicaSetScale("detector-r1-predictor-7dc458997b", 3, None)),
        ("Scaled down replica set detector-r1-predictor-7dc458997b to 0", ReplicaSetScale("detector-r1-predictor-7dc458997b", 0, None)),
        ("Scaled up replica set web-7dc458997b to 3 from 1", ReplicaSetScale("web-7dc458997b", 3, 1)),
        ("Scaled down replica set web-7dc458997b to 1 from 3", ReplicaSetScale("web-7dc458997b", 1, 3)),
        ("Scaled up replica set web-7dc458997b from 1 to 3", ReplicaSetScale("web-7dc458997b", 3, 1)),
        ("Scaled down replica set web-7dc458997b from 3 to 1", ReplicaSetScale("web-7dc458997b", 1, 3)),
        ("Scaled up replica set web-7dc458997b to ٣", None),
        ("Scaled sideways replica set web to 3", None),
        ("Created pod: web-7dc458997b-abcde", None),
    ],
)
def test_what_a_deployment_says(message, told):
    assert replica_set_scale(message) == told


@given(st.text(max_size=300))
def test_any_other_text_is_none_or_bounded(text):
    for message in (text, f"New size: {text}", f"New size: 3; reason: {text}", f"Scaled up replica set {text}"):
        told = rescale(message)
        assert told is None or (0 <= told.after < 2**31 and len(told.metric) <= 120)
        scaled = replica_set_scale(message)
        assert scaled is None or 0 <= scaled.after < 2**31
