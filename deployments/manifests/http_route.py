"""The HTTPRoute that gives each variant its share, where KServe itself splits nothing and the cluster has a Gateway."""

from typing import Any

from deployments.manifests.facts import Facts
from deployments.manifests.hosts import hosts
from deployments.manifests.metadata import metadata
from deployments.manifests.names import predictor_name
from deployments.manifests.predictor import timeout

GROUP = "gateway.networking.k8s.io"


def render(facts: Facts) -> list[dict[str, Any]]:
    """With one variant too, so that the address stays while candidates come and go; none while nothing runs."""
    if facts.paused or facts.serving.splitting != "httproute":
        return []
    namespace, _slash, name = facts.serving.gateway.partition("/")
    longest = max(timeout(each) for each in facts.variants)
    rule = {
        "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
        "backendRefs": _backends(facts),
        "timeouts": {"request": f"{longest}s"},
    }
    parent = {"group": GROUP, "kind": "Gateway", "namespace": namespace, "name": name}
    spec = {"parentRefs": [parent], "hostnames": hosts(facts), "rules": [rule]}
    return [{"apiVersion": f"{GROUP}/v1", "kind": "HTTPRoute", "metadata": metadata(facts, facts.name), "spec": spec}]


def _backends(facts: Facts) -> list[dict[str, Any]]:
    shares = [(facts.stable, 100 - facts.share), (facts.candidate, facts.share)] if facts.candidate else [(facts.stable, 100)]
    return [
        {"group": "", "kind": "Service", "name": predictor_name(facts, each), "port": 80, "weight": weight}
        for each, weight in shares
        if each
    ]
