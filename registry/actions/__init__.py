"""Every change of the model registry, one function each. Each leaves a row that a worker carries out."""

from registry.actions.aliases import delete_alias, set_alias
from registry.actions.register import register_model, register_version
from registry.actions.tags import delete_tag, set_tag

__all__ = ["delete_alias", "delete_tag", "register_model", "register_version", "set_alias", "set_tag"]
