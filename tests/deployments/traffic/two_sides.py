"""Two sides of a rollout without a database, as a cluster whose KServe knows canaries runs them."""

from deployments.manifests.facts import Facts, Serving, Variant
from deployments.spec import DeploymentSpec, Size, Source
from deployments.traffic.sides import Side, sides_of

SPEC = DeploymentSpec(Source("model", "defects", 1), "sklearn", Size(500, 1000, 2**30, 2**30))


def two_sides(serving: Serving | None = None, status: dict | None = None) -> tuple[Side, Side]:
    """Revision 1 serves, revision 2 is tried."""
    serving = serving or Serving(splitting="canary")
    facts = Facts("detector", "vision", "vision", "deployment.1", "claim", Variant(1, SPEC), serving, Variant(2, SPEC), 20)
    return sides_of(facts, facts.candidate, status or {})
