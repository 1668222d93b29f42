"""The host names of our own routes: made of the names and the cluster's domain, never of what somebody writes."""

from deployments.manifests.facts import Facts

# Dots part the name from the namespace: with hyphens, a-b in c and a in b-c would have one name, and one team the other's requests.
INSIDE = "svc.cluster.local"


def hosts(facts: Facts) -> list[str]:
    """Under the cluster's own domain always; under the one of the outside where the stable variant is exposed."""
    inside = f"{facts.name}.{facts.namespace}.{INSIDE}"
    if facts.stable.spec.exposure == "cluster":
        return [inside]
    return [f"{facts.name}.{facts.namespace}.{facts.serving.domain}", inside]
