"""One version of a registered model, with what its run and its artifacts tell."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.model import RegisteredModel, seen_by


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    """Versions by who may see them and by whether the registry still has them."""

    def visible_to(self, user: Any) -> "ModelVersionQuerySet":
        """Who sees the model sees its versions."""
        return self.filter(seen_by(user, "model__"))

    def standing(self) -> "ModelVersionQuerySet":
        """Those that the registry still has."""
        return self.filter(gone_at__isnull=True)


class ModelVersion(models.Model):
    """`number` counts from 1 within the model and is never given twice.

    `source` is what was registered, `download_uri` where its files are (empty while unknown). `stage` is the registry's old word for
    what aliases do now. `signature` has the keys inputs, outputs and params, each a list or null; `flavors` maps names to versions.
    `details_due_at` is when run and files are looked at (again); null once they will not change any more.
    """

    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="versions", verbose_name=_("model"))
    number = models.PositiveIntegerField(_("version"))
    source = models.CharField(_("source"), max_length=2000, blank=True)
    download_uri = models.CharField(max_length=2000, blank=True)
    run_id = models.CharField(_("run"), max_length=64, blank=True, db_index=True)
    run_name = models.CharField(max_length=300, blank=True)
    experiment = models.CharField(_("experiment"), max_length=500, blank=True)
    author = models.CharField(_("author"), max_length=256, blank=True)
    stage = models.CharField(_("stage"), max_length=40, blank=True)
    status = models.CharField(_("status"), max_length=40, blank=True)
    description = models.TextField(_("description"), blank=True)
    tags = models.JSONField(_("tags"), default=dict, blank=True)
    metrics = models.JSONField(_("metrics"), default=dict, blank=True)
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    signature = models.JSONField(_("signature"), default=dict, blank=True)
    input_example = models.JSONField(_("input example"), null=True, blank=True)
    flavors = models.JSONField(_("flavors"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), null=True, blank=True)
    updated_at = models.DateTimeField(_("updated"), null=True, blank=True)
    gone_at = models.DateTimeField(_("gone"), null=True, blank=True)
    details_due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    details_problem = models.CharField(max_length=500, blank=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        constraints = [models.UniqueConstraint(fields=["model", "number"], name="registry_one_version_per_number")]

    def __str__(self) -> str:
        return f"{self.model.name} version {self.number}"

    @property
    def is_ready(self) -> bool:
        """Whether the registry says that its files are complete."""
        return self.status in ("", "READY")
