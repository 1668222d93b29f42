"""What apps above want to be told of: they append a function, the synchronisation calls it."""

from collections.abc import Callable

from registry.models import ModelVersion, RegisteredModel

# Called as (alias, model, old version or None, new version or None) in the transaction that records the move.
on_alias_moved: list[Callable[[str, RegisteredModel, ModelVersion | None, ModelVersion | None], None]] = []
