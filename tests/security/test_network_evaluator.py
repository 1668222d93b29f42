"""The evaluator itself, on the examples of the API's documentation: a judge that lets everything pass would prove nothing."""

import pytest

from tests.security.network_evaluator import Peer, flows

WEB = Peer("10.1.0.1", "shop", {"team": "shop"}, {"app": "web"}, {"http": 8080})
DATABASE = Peer("10.1.0.2", "shop", {"team": "shop"}, {"app": "db"})
STRANGER = Peer("10.2.0.1", "other", {"team": "other"}, {"app": "web"})
OUTSIDE = Peer("203.0.113.7")


def policy(namespace="shop", selector=None, **spec):
    return {"metadata": {"namespace": namespace, "name": "p"}, "spec": {"podSelector": selector or {}, **spec}}


def test_without_a_policy_everything_flows():
    assert flows([], STRANGER, DATABASE, 5432)
    assert flows([], OUTSIDE, WEB, 80)


def test_a_policy_without_rules_shuts_its_direction_only():
    shut = [policy(policyTypes=["Ingress"])]
    assert not flows(shut, STRANGER, DATABASE, 5432)
    assert flows(shut, DATABASE, STRANGER, 80)


def test_without_policy_types_egress_rules_shut_egress_too():
    assert not flows([policy(egress=[{"to": [{"podSelector": {}}]}])], WEB, OUTSIDE, 443)
    assert flows([policy(ingress=[{}])], WEB, OUTSIDE, 443)


def test_an_empty_rule_opens_everything_and_rules_add_up():
    shut = policy(policyTypes=["Ingress"])
    assert flows([shut, policy(policyTypes=["Ingress"], ingress=[{}])], STRANGER, DATABASE, 1)
    one = policy(
        selector={"matchLabels": {"app": "db"}},
        policyTypes=["Ingress"],
        ingress=[{"from": [{"podSelector": {"matchLabels": {"app": "web"}}}]}],
    )
    assert flows([shut, one], WEB, DATABASE, 1)
    assert not flows([shut, one], STRANGER, DATABASE, 1), "a pod selector alone means the policy's own namespace"


def test_both_selectors_in_one_peer_must_fit_and_two_peers_are_alternatives():
    both = {"namespaceSelector": {"matchLabels": {"team": "other"}}, "podSelector": {"matchLabels": {"app": "db"}}}
    assert not flows([policy(policyTypes=["Ingress"], ingress=[{"from": [both]}])], STRANGER, DATABASE, 1)
    either = [{"namespaceSelector": both["namespaceSelector"]}, {"podSelector": both["podSelector"]}]
    assert flows([policy(policyTypes=["Ingress"], ingress=[{"from": either}])], STRANGER, DATABASE, 1)


@pytest.mark.parametrize(
    ("port", "protocol", "passes"), [(80, "TCP", True), (81, "TCP", False), (80, "UDP", False), (9050, "TCP", True), (8080, "TCP", True)]
)
def test_ports_by_number_range_and_name(port, protocol, passes):
    ports = [{"port": 80}, {"protocol": "TCP", "port": 9000, "endPort": 9100}, {"port": "http"}]
    assert flows([policy(policyTypes=["Ingress"], ingress=[{"ports": ports}])], STRANGER, WEB, port, protocol) is passes


def test_a_range_with_exceptions_knows_its_family():
    block = {"cidr": "0.0.0.0/0", "except": ["203.0.113.0/24"]}
    shut = [policy(policyTypes=["Egress"], egress=[{"to": [{"ipBlock": block}]}])]
    assert not flows(shut, WEB, OUTSIDE, 443)
    assert flows(shut, WEB, Peer("198.51.100.1"), 443)
    assert not flows(shut, WEB, Peer("2001:db8::1"), 443)


@pytest.mark.parametrize(
    ("expression", "passes"),
    [
        ({"operator": "Exists"}, True),
        ({"operator": "DoesNotExist"}, False),
        ({"operator": "In", "values": ["web"]}, True),
        ({"operator": "NotIn", "values": ["web"]}, False),
    ],
)
def test_expressions_of_a_selector(expression, passes):
    selector = {"matchExpressions": [{"key": "app", **expression}]}
    assert flows([policy(policyTypes=["Ingress"], ingress=[{"from": [{"podSelector": selector}]}])], WEB, DATABASE, 1) is passes
