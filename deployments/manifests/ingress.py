"""The Ingresses that give each variant its share, where KServe itself splits nothing and the cluster has ingress-nginx."""

from typing import Any

from deployments.manifests.facts import Facts, Variant
from deployments.manifests.hosts import hosts
from deployments.manifests.metadata import metadata
from deployments.manifests.names import part_name, predictor_name
from deployments.manifests.predictor import timeout

NGINX = "nginx.ingress.kubernetes.io"


def render(facts: Facts) -> list[dict[str, Any]]:
    """The stable variant's under the deployment's name, the candidate's beside it; none while nothing runs."""
    if facts.paused or facts.serving.splitting != "ingress":
        return []
    made = [_manifest(facts, facts.stable, facts.name, {})]
    if facts.candidate:
        share = {f"{NGINX}/canary": "true", f"{NGINX}/canary-weight": str(facts.share)}
        made.append(_manifest(facts, facts.candidate, part_name(facts, facts.candidate), share))
    return made


def _manifest(facts: Facts, variant: Variant, name: str, annotations: dict[str, str]) -> dict[str, Any]:
    waits = {f"{NGINX}/proxy-read-timeout": str(timeout(variant))}
    backend = {"service": {"name": predictor_name(facts, variant), "port": {"number": 80}}}
    rules = [{"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}} for host in hosts(facts)]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": metadata(facts, name, annotations={**waits, **annotations}),
        "spec": {"ingressClassName": facts.serving.ingress_class, "rules": rules},
    }
