"""S20: what may reach whom, over two tenants' rendered policies, judged by an evaluator of our own."""

import itertools

import pytest

from clusters.network_profile import default_profile, validate_profile
from tenants.manifests import render
from tenants.manifests.facts import Facts
from tenants.resources import Resources
from tests.security.network_evaluator import Peer, flows

NAME = "kubernetes.io/metadata.name"
API_SERVERS = ["172.30.0.1/32", "10.0.5.4/32", "fd12::4/128"]
PROFILE = {**default_profile(), "api_server_cidrs": API_SERVERS, "artifact_cidrs": ["10.77.0.0/24"]}
PREDICTOR = {"serving.kserve.io/inferenceservice": "classifier", "component": "predictor"}
EVERY_PORT = [1, 22, 53, 80, 443, 2379, 5432, 6443, 8012, 8080, 8888, 9090, 9091, 10250, 30000, 65535]


def pod(namespace, address, labels=None, ports=None):
    return Peer(address, namespace, {NAME: namespace}, labels or {}, ports or {})


NOTEBOOK = pod("vision-prod", "10.244.1.1", ports={"notebook": 8888})
PREDICTOR_POD = pod("vision-prod", "10.244.1.2", PREDICTOR, {"user-port": 8080})
METERED = pod("vision-prod", "10.244.1.3", ports={"metrics": 9400, "http": 5000})
THEIRS = pod("speech-prod", "10.244.2.1", PREDICTOR)
DNS = pod("kube-system", "10.244.0.2", {"k8s-app": "kube-dns"})
NOT_DNS = pod("kube-system", "10.244.0.3", {"k8s-app": "etcd-backup"})
GATEWAY = pod("istio-system", "10.244.0.4", {"app": "istio-ingressgateway"})
ACTIVATOR = pod("knative-serving", "10.244.0.5", {"app": "activator"})
PROMETHEUS = pod("monitoring", "10.244.0.6", {"app": "prometheus"})
API_SERVER = Peer("10.0.5.4")
OURS = [NOTEBOOK, PREDICTOR_POD, METERED]


def policies(profile=None):
    validate_profile(profile or PROFILE)
    found = []
    for name in ("vision-prod", "speech-prod"):
        facts = Facts(name, name[:6], "namespace.1", "claim", Resources(), network_profile=profile or PROFILE)
        found += [manifest for manifest in render(facts) if manifest["kind"] == "NetworkPolicy"]
    return found


POLICIES = policies()


@pytest.mark.parametrize("port", EVERY_PORT)
@pytest.mark.parametrize("protocol", ["TCP", "UDP", "SCTP"])
def test_two_tenants_cannot_reach_each_other(port, protocol):
    for ours in OURS:
        assert not flows(POLICIES, ours, THEIRS, port, protocol)
        assert not flows(POLICIES, THEIRS, ours, port, protocol)


@pytest.mark.parametrize("port", EVERY_PORT)
def test_pods_of_one_namespace_reach_each_other(port):
    for one, other in itertools.permutations(OURS, 2):
        assert flows(POLICIES, one, other, port)


@pytest.mark.parametrize(
    "stranger", [Peer("203.0.113.9"), Peer("10.9.9.9"), Peer("2001:db8::9"), NOT_DNS, DNS, pod("default", "10.244.9.1")]
)
def test_nobody_else_comes_in(stranger):
    for ours, port in itertools.product(OURS, EVERY_PORT):
        assert not flows(POLICIES, stranger, ours, port)


def test_names_are_resolved_by_the_profiles_dns_alone():
    for protocol in ("UDP", "TCP"):
        assert flows(POLICIES, NOTEBOOK, DNS, 53, protocol)
        assert not flows(POLICIES, NOTEBOOK, NOT_DNS, 53, protocol)
    assert not [port for port in EVERY_PORT if port != 53 and flows(POLICIES, NOTEBOOK, DNS, port)]


def test_a_dns_at_an_address_and_on_another_port_is_reached_there_alone():
    dns = {"targets": [{"cidr": "169.254.20.10/32"}], "ports": [{"protocol": "UDP", "port": 5353}]}
    own = policies({**PROFILE, "dns": dns})
    assert flows(own, NOTEBOOK, Peer("169.254.20.10"), 5353, "UDP")
    assert not flows(own, NOTEBOOK, Peer("169.254.20.10"), 53, "UDP")
    assert not flows(own, NOTEBOOK, Peer("169.254.169.254"), 5353, "UDP")
    assert not flows(own, NOTEBOOK, DNS, 53, "UDP")


def test_the_gateway_reaches_predictors_and_nothing_else():
    assert flows(POLICIES, GATEWAY, PREDICTOR_POD, 8080)
    assert not [port for port in EVERY_PORT if flows(POLICIES, GATEWAY, NOTEBOOK, port)]


def test_knative_reaches_the_queue_proxies_of_predictors():
    for port in (8012, 8013, 8022, 9090, 9091):
        assert flows(POLICIES, ACTIVATOR, PREDICTOR_POD, port)
    assert not flows(POLICIES, ACTIVATOR, PREDICTOR_POD, 8080)
    assert not [port for port in EVERY_PORT if flows(POLICIES, ACTIVATOR, NOTEBOOK, port)]
    assert not [port for port in EVERY_PORT if flows(policies({**PROFILE, "knative_namespace": ""}), ACTIVATOR, PREDICTOR_POD, port)]


def test_prometheus_reaches_metrics_and_no_other_port():
    assert flows(POLICIES, PROMETHEUS, METERED, 9400), "the port that the pod calls metrics"
    assert flows(POLICIES, PROMETHEUS, PREDICTOR_POD, 9091), "the queue proxy's"
    assert not flows(POLICIES, PROMETHEUS, METERED, 5000)
    assert not flows(POLICIES, PROMETHEUS, NOTEBOOK, 8888)
    assert not [port for port in EVERY_PORT if flows(policies({**PROFILE, "prometheus_namespace": ""}), PROMETHEUS, METERED, port)]


def test_the_api_servers_proxy_reaches_pods_from_its_own_addresses_alone():
    assert flows(POLICIES, API_SERVER, NOTEBOOK, 8888)
    assert flows(POLICIES, Peer("fd12::4"), NOTEBOOK, 8888)
    assert not flows(POLICIES, Peer("10.0.5.5"), NOTEBOOK, 8888)
    assert not flows(policies({**PROFILE, "api_server_cidrs": []}), API_SERVER, NOTEBOOK, 8888), (
        "no known address is no rule, not every address"
    )


PUBLIC = ["1.1.1.1", "8.8.8.8", "104.16.0.1", "2606:4700::1111", "2a00:1450::1"]
PRIVATE = [
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "169.254.1.1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "10.244.2.1",
    "127.0.0.1",
    "::1",
    "0.0.0.1",
    "192.0.0.8",
    "198.18.0.1",
]
METADATA = {
    "AWS, GCP, Azure, OpenStack": "169.254.169.254",
    "AWS, IPv6": "fd00:ec2::254",
    "AWS, containers": "169.254.170.2",
    "GCP, IPv6": "fd20:ce::254",
    "OpenStack, IPv6": "fe80::a9fe:a9fe",
    "Alibaba": "100.100.100.200",
    "Azure, wire server": "168.63.129.16",
    "Oracle": "192.0.0.192",
    "by NAT64": "64:ff9b::a9fe:a9fe",
    "a private range by NAT64": "64:ff9b::a00:1",
    "mapped": "::ffff:169.254.169.254",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_the_internet_is_reached(address):
    assert flows(POLICIES, NOTEBOOK, Peer(address), 443)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_reached(address):
    assert not [port for port in EVERY_PORT if flows(POLICIES, NOTEBOOK, Peer(address), port)]


@pytest.mark.parametrize("where", METADATA)
def test_the_clouds_metadata_is_not_reached(where):
    for port, protocol in itertools.product(EVERY_PORT, ("TCP", "UDP")):
        assert not flows(POLICIES, NOTEBOOK, Peer(METADATA[where]), port, protocol)


def test_the_public_internet_by_nat64_stays_open():
    assert flows(POLICIES, NOTEBOOK, Peer("64:ff9b::101:101"), 443)


def test_a_private_artifact_store_is_reached_and_its_neighbours_are_not():
    assert flows(POLICIES, NOTEBOOK, Peer("10.77.0.9"), 443)
    assert not flows(POLICIES, NOTEBOOK, Peer("10.77.1.9"), 443)


def test_the_api_server_itself_is_not_reached_from_pods():
    assert not flows(POLICIES, NOTEBOOK, API_SERVER, 6443)
    assert not flows(POLICIES, NOTEBOOK, Peer("172.30.0.1"), 443)
