"""Tells open pages that the catalogue, or one model of it, has changed: no names, the page asks again for what it may see."""

from streams.publish import publish

CATALOGUE = "models"


def topic_of(model_id: int) -> str:
    """The stream's topic of one model."""
    return f"model.{model_id}"


def announce_catalogue(state: str) -> None:
    """Publishes `catalogue` to the pages that list models, with the one word for how the registry is."""
    publish(CATALOGUE, "catalogue", {"state": state})


def announce_change(model_id: int | None) -> None:
    """Publishes `change` to the pages of a model, or to those that list models where it is a new one."""
    publish(topic_of(model_id) if model_id else CATALOGUE, "change", {"id": model_id})


def announce_model(model_id: int) -> None:
    """Publishes `model` to the pages of one model."""
    publish(topic_of(model_id), "model", {"id": model_id})
