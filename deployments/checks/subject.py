"""What the checks look at, read once."""

from dataclasses import dataclass
from functools import cached_property

from clusters.models import GpuFlavor
from deployments.models import DeploymentPolicy, ModelDeployment
from deployments.serving import Offer, offer_of
from deployments.spec import DeploymentSpec
from deployments.wish import DeploymentWish
from registry.models import ModelVersion
from tenants.models import Namespace


@dataclass(frozen=True)
class Subject:
    """A wish for a deployment in a namespace; `standing` is the one of that name, if there is one, `version` what its source names."""

    namespace: Namespace
    wish: DeploymentWish
    standing: ModelDeployment | None
    version: ModelVersion | None

    @property
    def spec(self) -> DeploymentSpec:
        """What is wanted."""
        return self.wish.spec

    @cached_property
    def policy(self) -> DeploymentPolicy:
        """The cluster's."""
        return DeploymentPolicy.of(self.namespace.cluster)

    @cached_property
    def flavor(self) -> GpuFlavor | None:
        """The flavor that is asked for, if the cluster has it."""
        return GpuFlavor.objects.filter(cluster=self.namespace.cluster, name=self.spec.size.flavor).select_related("account").first()

    @cached_property
    def offer(self) -> Offer:
        """How the cluster serves."""
        return offer_of(self.namespace.cluster)

    @cached_property
    def stands(self) -> DeploymentSpec | None:
        """What serves now."""
        return self.standing.revision.spec if self.standing and self.standing.revision else None
