"""The NetworkPolicies: nothing may flow, and then each thing that must, by the cluster's network profile."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from tenants.manifests.facts import Facts
from tenants.manifests.metadata import metadata

NAMESPACE_NAME = "kubernetes.io/metadata.name"
KNATIVE_PORTS = [8012, 8013, 8022, 9090, 9091]
# KServe puts this label on every pod that serves a model.
PREDICTORS = {"matchExpressions": [{"key": "serving.kserve.io/inferenceservice", "operator": "Exists"}]}
# Names of container ports, as pods declare them, and where model servers and the queue proxies answer without declaring one.
METRICS_PORTS: list[int | str] = [
    "metrics",
    "http-metrics",
    "http-usermetric",
    "http-autometric",
    "aggr-metric",
    8080,
    8082,
    9088,
    9090,
    9091,
]
# Through a NAT64 gateway each IPv4 address has an IPv6 one too, below this prefix.
NAT64 = ip_network("64:ff9b::/96")


def render(facts: Facts) -> list[dict[str, Any]]:
    """All policies of a namespace. Each says in its name what it lets through."""
    profile = facts.network_profile
    return [
        _policy(facts, "slipway-default-deny", ["Ingress", "Egress"], ingress=[], egress=[]),
        _policy(
            facts,
            "slipway-same-namespace",
            ["Ingress", "Egress"],
            ingress=[{"from": [{"podSelector": {}}]}],
            egress=[{"to": [{"podSelector": {}}]}],
        ),
        _policy(facts, "slipway-dns", ["Egress"], egress=[{"to": _dns_targets(profile), "ports": profile["dns"]["ports"]}]),
        _policy(facts, "slipway-gateway", ["Ingress"], pods=PREDICTORS, ingress=_gateway(profile)),
        _policy(facts, "slipway-metrics", ["Ingress"], ingress=_metrics(profile)),
        _policy(facts, "slipway-api-server", ["Ingress"], ingress=_from_ranges(profile["api_server_cidrs"])),
        _policy(facts, "slipway-internet", ["Egress"], egress=list(_internet(profile))),
    ]


def _policy(
    facts: Facts, name: str, types: list[str], *, pods: dict[str, Any] | None = None, **rules: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(facts, name),
        "spec": {"podSelector": pods or {}, "policyTypes": types, **rules},
    }


def _dns_targets(profile: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"ipBlock": {"cidr": target["cidr"]}}
        if "cidr" in target
        else {"namespaceSelector": {"matchLabels": target["namespace_labels"]}, "podSelector": {"matchLabels": target["pod_labels"]}}
        for target in profile["dns"]["targets"]
    ]


def _gateway(profile: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The gateway reaches the predictors; Knative's activator and autoscaler reach the queue proxies beside them."""
    rules: list[dict[str, Any]] = [{"from": [{"namespaceSelector": {"matchLabels": profile["gateway_namespaces"]}}]}]
    if profile["knative_namespace"]:
        rules.append({"from": [_namespace(profile["knative_namespace"])], "ports": _tcp(KNATIVE_PORTS)})
    return rules


def _metrics(profile: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Prometheus reaches what pods call metrics, not their notebooks."""
    name = profile["prometheus_namespace"]
    return [{"from": [_namespace(name)], "ports": _tcp(METRICS_PORTS)}] if name else []


def _tcp(ports: Sequence[int | str]) -> list[dict[str, Any]]:
    return [{"protocol": "TCP", "port": port} for port in ports]


def _namespace(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: name}}}


def _from_ranges(cidrs: list[str]) -> list[dict[str, Any]]:
    """The API server's proxy reaches the pods from its own addresses. No known address: no rule, rather than all addresses."""
    return [{"from": [{"ipBlock": {"cidr": cidr}} for cidr in cidrs]}] if cidrs else []


def _internet(profile: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Both families without private ranges and cloud metadata, and the artifact store's addresses if they are private."""
    shut = [ip_network(cidr) for cidr in (*profile["private_ranges"], *profile["metadata_addresses"])]
    yield _all_but("0.0.0.0/0", [cidr for cidr in shut if cidr.version == 4])
    sixth = [cidr for cidr in shut if cidr.version == 6]
    yield _all_but("::/0", [*sixth, *(_through_nat64(cidr) for cidr in shut if cidr.version == 4)])
    if profile["artifact_cidrs"]:
        yield {"to": [{"ipBlock": {"cidr": cidr}} for cidr in profile["artifact_cidrs"]]}


def _all_but(everything: str, shut: Iterable[IPv4Network | IPv6Network]) -> dict[str, Any]:
    return {"to": [{"ipBlock": {"cidr": everything, "except": sorted({str(cidr) for cidr in shut})}}]}


def _through_nat64(cidr: IPv4Network | IPv6Network) -> IPv6Network:
    """The range by its other name, or a metadata address is shut in one family and open in the other."""
    return IPv6Network((int(NAT64.network_address) + int(cidr.network_address), NAT64.prefixlen + cidr.prefixlen))
