"""What somebody asks for about one deployment, as one typed value; a request keeps it while an approver decides."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from deployments.spec import DeploymentSpec


@dataclass(frozen=True)
class Trial:
    """How a candidate is tried: its first share in percent, and when it is rolled back by itself.

    `max_errors` in percent of the requests, `max_p99` in milliseconds; None does not judge. Judged from `min_requests` per side on.
    """

    share: int
    max_errors: float | None = None
    max_p99: int | None = None
    min_requests: int = 100


@dataclass(frozen=True)
class DeploymentWish:
    """Deployment `name` in a namespace of a cluster shall be as `spec` says: at once, or as a candidate on `trial`.

    `follows` is the alias that the deployment follows from then on, if any; `restores` the number of the revision that a roll back repeats.
    """

    cluster: str
    namespace: str
    name: str
    spec: DeploymentSpec
    trial: Trial | None = None
    follows: str = ""
    restores: int | None = None

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """From a snapshot."""
        trial = Trial(**data["trial"]) if data["trial"] else None
        spec, restores = DeploymentSpec.load(data["spec"]), data.get("restores")
        return cls(data["cluster"], data["namespace"], data["name"], spec, trial, data["follows"], restores)

    def dump(self) -> dict[str, Any]:
        """As a snapshot."""
        return {
            "cluster": self.cluster,
            "namespace": self.namespace,
            "name": self.name,
            "spec": self.spec.dump(),
            "trial": asdict(self.trial) if self.trial else None,
            "follows": self.follows,
            "restores": self.restores,
        }

    @property
    def subject(self) -> str:
        """What the request is about: one open request each."""
        return f"deployment/{self.cluster}/{self.namespace}/{self.name}"
