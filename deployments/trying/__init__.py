"""Trying a deployment out: one prediction, passed on with permission and within limits."""

from deployments.trying.ask import Asked, open_trial
from deployments.trying.errors import TryError
from deployments.trying.protocols import path_of

__all__ = ["Asked", "TryError", "open_trial", "path_of"]
