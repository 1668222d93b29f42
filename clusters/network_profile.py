"""What the NetworkPolicies of a cluster's namespaces must know: DNS, gateways, Prometheus, the API server, what to keep out."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What no tenant has business with: the cluster's and the company's own networks, the machine itself, protocol and test ranges.
PRIVATE_RANGES = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "::/127",
    "64:ff9b:1::/48",
    "fc00::/7",
    "fe80::/10",
]
# Credentials of the machine: all clouds, Amazon over IPv6, Azure's wire server (a public address), Alibaba, Oracle.
METADATA_ADDRESSES = ["169.254.169.254/32", "fd00:ec2::254/128", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32"]


def default_profile() -> dict[str, Any]:
    """A profile that fits a cluster with CoreDNS in kube-system and the usual namespace names."""
    return {
        "dns": {
            "targets": [{"namespace_labels": {"kubernetes.io/metadata.name": "kube-system"}, "pod_labels": {"k8s-app": "kube-dns"}}],
            "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
        },
        "gateway_namespaces": {"kubernetes.io/metadata.name": "istio-system"},
        "knative_namespace": "knative-serving",
        "prometheus_namespace": "monitoring",
        "api_server_cidrs": [],
        "artifact_cidrs": [],
        "private_ranges": list(PRIVATE_RANGES),
        "metadata_addresses": list(METADATA_ADDRESSES),
    }


def trusted_namespaces(profile: dict[str, Any]) -> set[str]:
    """The namespaces that tenants' policies let in or out; whoever held one of their names would have that trust."""
    chosen = [profile["gateway_namespaces"], *(target.get("namespace_labels", {}) for target in profile["dns"]["targets"])]
    named = {labels.get("kubernetes.io/metadata.name", "") for labels in chosen}
    return {profile["knative_namespace"], profile["prometheus_namespace"], *named} - {""}


def validate_profile(profile: Any) -> None:
    """Raise ValidationError naming each wrong key; a profile that passes can be rendered without further checks."""
    if not isinstance(profile, dict):
        raise ValidationError(_("The network profile must be a JSON object."))
    problems = [_("Unknown key %(key)s.") % {"key": key} for key in sorted(set(profile) - set(CHECKS))]
    for key, check in CHECKS.items():
        if key not in profile:
            problems.append(_("The key %(key)s is missing.") % {"key": key})
        elif fault := check(profile[key]):
            problems.append(f"{key}: {fault}")
    if problems:
        raise ValidationError(problems)


validate = validate_profile


def _labels(value: Any) -> str:
    fits = isinstance(value, dict) and value and all(isinstance(k, str) and isinstance(v, str) for k, v in value.items())
    return "" if fits else _("give labels as an object of strings, at least one.")


def _name(value: Any) -> str:
    return "" if isinstance(value, str) else _("give a namespace's name, or an empty string where there is none.")


def _cidrs(value: Any) -> str:
    if not isinstance(value, list):
        return _("give a list of address ranges.")
    for cidr in value:
        try:
            ip_network(cidr)
        except (ValueError, TypeError):
            return _("%(cidr)s is no address range like 10.0.0.0/8.") % {"cidr": cidr}
    return ""


def _metadata(value: Any) -> str:
    return _cidrs(value) or ("" if value else _("name at least one address; without it pods reach the cloud's credentials."))


def _port(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.get("protocol") in {"UDP", "TCP", "SCTP"}
        and type(value.get("port")) is int
        and 0 < value["port"] < 65536
    )


def _dns(value: Any) -> str:
    if not isinstance(value, dict) or set(value) != {"targets", "ports"}:
        return _("give an object with targets and ports.")
    if not isinstance(value["ports"], list) or not value["ports"] or not all(map(_port, value["ports"])):
        return _('give ports as a list like [{"protocol": "UDP", "port": 53}].')
    if not isinstance(value["targets"], list) or not value["targets"]:
        return _("name at least one target.")
    return next((fault for target in value["targets"] if (fault := _dns_target(target))), "")


def _dns_target(target: Any) -> str:
    if isinstance(target, dict) and set(target) == {"cidr"}:
        return _cidrs([target["cidr"]])
    if not isinstance(target, dict) or set(target) != {"namespace_labels", "pod_labels"}:
        return _("a target has namespace_labels and pod_labels, or a cidr alone.")
    return _labels(target["namespace_labels"]) or _labels(target["pod_labels"])


CHECKS: dict[str, Callable[[Any], str]] = {
    "dns": _dns,
    "gateway_namespaces": _labels,
    "knative_namespace": _name,
    "prometheus_namespace": _name,
    "api_server_cidrs": _cidrs,
    "artifact_cidrs": _cidrs,
    "private_ranges": _cidrs,
    "metadata_addresses": _metadata,
}
