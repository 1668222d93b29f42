"""Tells open pages that a namespace changed, after the transaction commits."""

from streams.publish import publish
from tenants.models import Namespace


def announce(namespace: Namespace, event: str = "state") -> None:
    """Publishes `event` on the namespace's topic."""
    publish(f"namespace.{namespace.pk}", event, {"id": namespace.pk, "state": namespace.state, "generation": namespace.generation})
