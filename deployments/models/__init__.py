"""The models of deployments/, one noun per file."""

from deployments.models.deployment import ModelDeployment
from deployments.models.policy import DeploymentPolicy
from deployments.models.revision import Revision
from deployments.models.rollout import Rollout
from deployments.models.scaling_step import ScalingStep
from deployments.models.storage import StoragePrefix

__all__ = ["DeploymentPolicy", "ModelDeployment", "Revision", "Rollout", "ScalingStep", "StoragePrefix"]
