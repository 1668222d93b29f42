"""A name that points to one version of a model and can be moved: champion, challenger."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.model import RegisteredModel, seen_by
from registry.models.version import ModelVersion


class ModelAliasQuerySet(models.QuerySet["ModelAlias"]):
    """Aliases by who may see them."""

    def visible_to(self, user: Any) -> "ModelAliasQuerySet":
        """Who sees the model sees its aliases."""
        return self.filter(seen_by(user, "model__"))


class ModelAlias(models.Model):
    """Where the alias pointed when the registry was last looked at."""

    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="aliases", verbose_name=_("model"))
    name = models.CharField(_("alias"), max_length=256)
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="aliases", verbose_name=_("version"))

    objects = ModelAliasQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("alias")
        verbose_name_plural = _("aliases")
        constraints = [models.UniqueConstraint(fields=["model", "name"], name="registry_one_alias_per_name")]

    def __str__(self) -> str:
        return self.name
