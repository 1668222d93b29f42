"""Which names the portal gives to models, aliases and tags: a part of what MLflow allows, so that each has an address."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MODEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?", re.ASCII)
ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}", re.ASCII)
# MLflow keeps these words for itself: they stand for versions.
RESERVED_ALIAS = re.compile(r"latest|v[0-9]+", re.IGNORECASE)
TAG = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._/-]{0,118}[A-Za-z0-9])?", re.ASCII)
# What the portal and MLflow themselves read from tags is not for everybody to write.
RESERVED_TAGS = ("slipway.dev/", "mlflow.")
TAG_VALUE = 1_000


def validate_model_name(name: str) -> None:
    """Raises ValidationError for a name that the portal does not give to a new model."""
    if not MODEL.fullmatch(name):
        raise ValidationError(_("Use 1 to 100 letters, digits, dots, hyphens and underscores; begin and end with a letter or digit."))


def validate_alias(alias: str) -> None:
    """Raises ValidationError for a name that cannot be an alias."""
    if not ALIAS.fullmatch(alias):
        raise ValidationError(_("Use 1 to 63 letters, digits, hyphens and underscores, and begin with a letter, such as “champion”."))
    if RESERVED_ALIAS.fullmatch(alias):
        raise ValidationError(_("“%(alias)s” stands for a version in MLflow. Choose another name.") % {"alias": alias})


def validate_tag(key: str, value: str = "") -> None:
    """Raises ValidationError for a key that is malformed or kept for the portal and MLflow, or a value that is too long."""
    if not TAG.fullmatch(key):
        raise ValidationError({"key": _("Use up to 120 letters, digits and . _ / - and begin and end with a letter or digit.")})
    if key.startswith(RESERVED_TAGS):
        raise ValidationError({"key": _("Tags that begin with “slipway.dev/” or “mlflow.” are set by the portal and by MLflow only.")})
    if len(value) > TAG_VALUE or any(ord(character) < 32 for character in value):
        raise ValidationError({"value": _("Keep it to 1,000 characters on one line.")})
