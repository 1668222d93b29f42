"""Who deployed a version where: apps above register how they know it, the pages of the catalogue only ask."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from registry.models import RegisteredModel


@dataclass(frozen=True)
class Use:
    """One place where a version runs. `url` is a page of the portal, `state` one word with its `tone` (ok, warn, bad, info or none)."""

    model_id: int
    version: int
    label: str
    url: str
    namespace: str
    state: str
    tone: str = ""


Source = Callable[[Any, Sequence[RegisteredModel]], Iterable[Use]]

_sources: list[Source] = []


def register_usage(source: Source) -> None:
    """Registers a function of (user, models) that gives the uses, visible to that user, of any version of those models."""
    if source not in _sources:
        _sources.append(source)


def uses_of(user: Any, models: Sequence[RegisteredModel]) -> dict[int, list[Use]]:
    """The uses that the user may see, by the model's key; one question to each source however many models there are."""
    found: dict[int, list[Use]] = {model.pk: [] for model in models}
    for source in _sources:
        for use in source(user, models):
            found.setdefault(use.model_id, []).append(use)
    return found
