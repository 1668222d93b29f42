"""Everything that the manifests of one deployment are made of, read from the database once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from deployments.spec import DeploymentSpec

Mode = Literal["Standard", "Knative"]
# How a share of the requests goes to a candidate: KServe's list of canaries, its percentage (Knative), or routes of our own.
Splitting = Literal["canary", "percent", "httproute", "ingress", ""]
# Where the routes are ours, each revision is an InferenceService of its own.
ROUTED: tuple[Splitting, ...] = ("httproute", "ingress")


@dataclass(frozen=True)
class Cards:
    """What a GPU flavor brings by itself."""

    resource_name: str
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: tuple[Mapping[str, Any], ...] = ()
    runtime_class: str = ""


@dataclass(frozen=True)
class Variant:
    """One revision as it runs. `slot` names its predictor and is `r<number>` when empty.

    A candidate has a slot of its own and keeps it when it is promoted, so that a promotion restarts no pod. A revision that takes the
    place of the stable one directly takes its slot too: then its pods are rolled; under another name KServe would remove the old pods
    before the new ones are ready.
    """

    number: int
    spec: DeploymentSpec
    cards: Cards | None = None
    slot: str = ""

    @property
    def name(self) -> str:
        """The predictor's name."""
        return self.slot or f"r{self.number}"

    @property
    def gpu(self) -> Cards | None:
        """What the flavor brings, when there are cards at all. Raises ValueError for cards of a flavor that nobody knows."""
        if not self.spec.size.gpus:
            return None
        if self.cards is None:
            raise ValueError(f"{self.name} wants cards of {self.spec.size.flavor!r}, which the cluster does not have.")
        return self.cards


@dataclass(frozen=True)
class Serving:
    """How this cluster serves: KServe's mode, the words in which it spells it, how it splits requests, what kinds it has.

    `kinds` names those of ServiceMonitor, PodDisruptionBudget, HTTPRoute, Ingress that are served. `stops` says whether the stop
    annotation is known. `gateway` is "namespace/name" of the Gateway for HTTPRoutes, `ingress_class` that of Ingresses, `domain` the
    suffix of host names. Where HorizontalPodAutoscaler is among `kinds`, autoscalers are ours. `initializer` is the securityContext of
    the container that fetches models, as the cluster's ClusterStorageContainer has it; KServe 0.20 itself gives it none.
    """

    mode: Mode = "Standard"
    spelling: str = "Standard"
    splitting: Splitting = ""
    stops: bool = True
    kinds: frozenset[str] = frozenset()
    gateway: str = ""
    ingress_class: str = ""
    domain: str = "example.com"
    initializer: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """A deployment that stands: `stable` serves; `candidate` gets `share` percent of the requests, while there is one."""

    name: str
    namespace: str
    team: str
    owner: str
    claim: str
    stable: Variant
    serving: Serving
    candidate: Variant | None = None
    share: int = 0
    paused: bool = False

    @property
    def variants(self) -> tuple[Variant, ...]:
        """What runs: the stable one, and the candidate while there is one."""
        return (self.stable, self.candidate) if self.candidate else (self.stable,)
