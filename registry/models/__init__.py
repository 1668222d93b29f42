"""The models of registry/, one noun per file."""

from registry.models.alias import ModelAlias
from registry.models.change import Change
from registry.models.model import RegisteredModel
from registry.models.registry import Registry
from registry.models.version import ModelVersion

__all__ = ["Change", "ModelAlias", "ModelVersion", "RegisteredModel", "Registry"]
