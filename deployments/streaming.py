"""Tells open pages that a deployment changed, after the transaction commits."""

from deployments.models import ModelDeployment
from streams.publish import publish_batch


def announce(deployment: ModelDeployment, event: str = "state") -> None:
    """Publishes `event` on the deployment's topic and on its namespace's."""
    data = {"id": deployment.pk, "state": deployment.state, "generation": deployment.generation}
    publish_batch([(deployment.holder, event, data), (deployment.namespace.holder, "deployments", data)])
