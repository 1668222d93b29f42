"""The two sides of a rollout as the cluster runs them: by what names their pods and their requests are found."""

from dataclasses import dataclass
from typing import Any, Literal

from deployments.manifests.facts import Facts, Variant
from deployments.manifests.names import predictor_name, service_name
from deployments.queries import LABEL

Name = Literal["stable", "candidate"]
NAMES: tuple[Name, ...] = ("stable", "candidate")
REVISION = "serving.knative.dev/revision"


@dataclass(frozen=True)
class Side:
    """`workload` is what KServe calls its Deployment and Service, or Knative its revision; empty while that is not known."""

    name: Name
    variant: Variant
    service: str
    workload: str
    knative: bool

    def owns(self, labels: dict[str, str], pod: str) -> bool:
        """Whether a pod with these labels and this name is of this side."""
        if not self.workload or labels.get(LABEL) != self.service:
            return False
        return labels.get(REVISION) == self.workload if self.knative else pod.startswith(f"{self.workload}-")

    @property
    def destinations(self) -> frozenset[str]:
        """The names under which an ingress counts what it sends there."""
        if not self.workload:
            return frozenset()
        return frozenset({self.workload, f"{self.workload}-private", f"{self.workload}-deployment"} if self.knative else {self.workload})


def sides_of(facts: Facts, candidate: Variant, status: dict[str, Any]) -> tuple[Side, Side]:
    """The stable side and the candidate's; `status` is that of the InferenceService as it was last seen."""
    if facts.serving.mode == "Knative":
        old, new = _revisions(status)
        return (
            Side("stable", facts.stable, service_name(facts, facts.stable), old, True),
            Side("candidate", candidate, service_name(facts, candidate), new, True),
        )
    return (
        Side("stable", facts.stable, service_name(facts, facts.stable), predictor_name(facts, facts.stable), False),
        Side("candidate", candidate, service_name(facts, candidate), predictor_name(facts, candidate), False),
    )


def _revisions(status: dict[str, Any]) -> tuple[str, str]:
    """Knative's revisions: the one that was rolled out before, and the newest; the same one twice is a candidate that is not made yet."""
    known = (status.get("components") or {}).get("predictor") or {}
    new, old = str(known.get("latestCreatedRevision") or ""), str(known.get("latestRolledoutRevision") or "")
    if old == new:
        old = str(known.get("previousRolledoutRevision") or "") or old
    return old, new if new != old else ""
