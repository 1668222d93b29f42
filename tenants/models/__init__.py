"""The models of tenants/, one noun per file."""

from tenants.models.grant import Grant
from tenants.models.namespace import Namespace

__all__ = ["Grant", "Namespace"]
