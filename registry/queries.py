"""What pages and REST show of the catalogue, with everything that a row needs already joined."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from registry.models import Change, ModelAlias, ModelVersion, RegisteredModel, Registry
from registry.policies import sees_the_registry


def models_seen_by(user: User) -> QuerySet[RegisteredModel]:
    """The models that the user may see, each with `latest` (the number of its newest version, or None) and its aliases."""
    newest = ModelVersion.objects.standing().filter(model=OuterRef("pk")).order_by("-number")
    return (
        RegisteredModel.objects.visible_to(user)
        .annotate(latest=Subquery(newest.values("number")[:1], output_field=IntegerField()))
        .select_related("team")
        .prefetch_related(Prefetch("aliases", queryset=ModelAlias.objects.select_related("version")))
    )


def versions_of(model: RegisteredModel) -> QuerySet[ModelVersion]:
    """The versions that the registry still has, newest first, with their aliases."""
    return model.versions.standing().select_related("model__team").prefetch_related("aliases").order_by("-number")


def changes_of(user: User, model: RegisteredModel) -> QuerySet[Change]:
    """What was asked of this model here, newest first."""
    return Change.objects.visible_to(user).filter(model_name=model.name).select_related("actor", "team")


def new_models_asked_by(user: User) -> list[Change]:
    """The new models that this person asked for within a day and that are not there yet, or were refused; newest first, at most five."""
    since = timezone.now() - timedelta(days=1)
    recent = Change.objects.filter(actor=user, what=Change.What.REGISTER, arguments__new=True, created_at__gte=since)
    return [change for change in recent.select_related("actor")[:20] if change.state != "done"][:5]


def mover_of(alias: str, version: ModelVersion) -> User | None:
    """Who last asked here that the alias name this version; None where it was moved in the registry itself."""
    asked = Change.objects.filter(what=Change.What.SET_ALIAS, model_name=version.model.name)
    change = asked.filter(arguments__alias=alias, arguments__version=version.number).select_related("actor").first()
    return change.actor if change else None


@dataclass(frozen=True)
class RegistryState:
    """How the registry is, for the pages: `word` is none, preparing, failed, silent or up; `detail` is for those who may know more."""

    word: str
    registry: Registry | None
    detail: str = ""

    @property
    def since(self) -> Any:
        """When it became so, or None."""
        if self.registry is None:
            return None
        return self.registry.silent_since if self.word == "silent" else self.registry.phase_at

    @property
    def incomplete(self) -> bool:
        """Whether the registry has more than the catalogue shows."""
        return bool(self.registry and "incomplete" in self.registry.notes)


def registry_state(user: User) -> RegistryState:
    """How the registry is now, in words that this person may read."""
    registry = Registry.current()
    if registry is None:
        return RegistryState("none", None)
    applied = registry.condition("Applied")
    told = registry.phase_detail if registry.phase else (applied["message"] if applied else "")
    return RegistryState(registry.state, registry, told if sees_the_registry(user) else "")
