"""What stands in the way of a deployment, known before anything is applied; each finding says what would solve it."""

from deployments.checks.finding import Finding
from deployments.checks.run import findings, refuse

__all__ = ["Finding", "findings", "refuse"]
