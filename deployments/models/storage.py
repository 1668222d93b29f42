"""Which places outside the registry belong to a team."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Team

# A bucket at least, whole path segments, and nothing that could be read in two ways.
SHAPE = re.compile(r"(s3|gs)://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_=+@-][A-Za-z0-9._=+@-]*)*/?", re.ASCII)


def validate_prefix(prefix: str) -> None:
    """Raises ValidationError, with what to write, for a prefix that names no bucket: it would be everybody's."""
    if not SHAPE.fullmatch(prefix):
        raise ValidationError(_("Write s3://bucket/ or gs://bucket/path/, with the bucket at least."))


class StoragePrefix(models.Model):
    """Everything below `prefix`, such as s3://models-vision/, may be deployed by the team and by nobody else."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="storage_prefixes")
    prefix = models.CharField(_("prefix"), max_length=500, unique=True, validators=[validate_prefix])

    class Meta:
        ordering = ["prefix"]
        verbose_name = _("storage prefix")
        verbose_name_plural = _("storage prefixes")

    def __str__(self) -> str:
        return self.prefix
