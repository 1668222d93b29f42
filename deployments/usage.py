"""Tells the catalogue of models what is deployed where, and which places outside of the registry belong to a team."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.models import Team
from deployments.health import Health, healths, running_rollout
from deployments.models import ModelDeployment, Rollout, StoragePrefix
from deployments.queries import deployments_seen_by
from registry.models import ModelVersion, RegisteredModel
from registry.usage import Use

# Of a badge's tone in the catalogue's words.
TONES = {"ok": "ok", "run": "info", "bad": "bad", "wait": "warn"}


def storage_of(team: Team) -> list[str]:
    """The prefixes below which a team's files lie outside of the registry."""
    return list(StoragePrefix.objects.filter(team=team).values_list("prefix", flat=True))


def uses(user: Any, models: Sequence[RegisteredModel]) -> Iterator[Use]:
    """What serves of these models, and what is tried beside it, as far as the user may see it; a few queries however much it is."""
    tried = Rollout.objects.running().filter(candidate__model_version__model__in=models).values("deployment")
    of_models = Q(revision__model_version__model__in=models) | Q(pk__in=tried)
    rows = list(deployments_seen_by(user).filter(of_models, pk__in=ModelDeployment.objects.standing()))
    found, wanted = healths(rows), {model.pk for model in models}
    for row in rows:
        serving = [(row.revision, found[row.pk])] if row.revision else []
        rollout = running_rollout(row)
        trying = [(rollout.candidate, Health("rolling", f"{rollout.share} %"))] if rollout else []
        for revision, health in [*serving, *trying]:
            version = revision.model_version
            if version and version.model_id in wanted:
                yield _use(row, version, health)


def _use(row: ModelDeployment, version: ModelVersion, health: Health) -> Use:
    url, tone = reverse("deployment_detail", args=[row.pk]), TONES.get(health.tone, "")
    return Use(version.model_id, version.number, row.name, url, row.namespace.name, str(health.word), tone)
