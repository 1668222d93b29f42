"""Where a deployment answers: what its cluster tells, never what somebody wrote."""

from deployments.gathering import facts_of
from deployments.manifests.facts import ROUTED
from deployments.manifests.hosts import hosts
from deployments.models import ModelDeployment
from deployments.queries import services_of


def address_of(deployment: ModelDeployment) -> str:
    """The URL for clients, without a path of a protocol; empty while it does not answer."""
    services = {row.name: row.body.get("status") or {} for row in services_of(deployment)}
    own = services.get(deployment.name)
    if own is not None:
        return str(own.get("url") or "")
    if not any(status.get("url") for status in services.values()) or deployment.revision is None:
        return ""
    facts = facts_of(deployment)
    # Where the shares are routes of ours, the address is theirs, too, and each side's own InferenceService has another one.
    return f"http://{hosts(facts)[0]}" if facts.serving.splitting in ROUTED else ""
