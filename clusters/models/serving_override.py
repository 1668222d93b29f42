"""What an administrator may correct of what was read of a cluster's KServe."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

TEXTS = ("spelling", "domain", "url_scheme", "path_template", "ingress_class", "gateway", "namespace")
FLAGS = ("stops", "canary")
MODES = ("Standard", "Knative")


def validate_override(override: Any) -> None:
    """Raises ValidationError unless it is an object of known keys: mode, stops, canary and the texts of the ingress."""
    if not isinstance(override, dict):
        raise ValidationError(_("Write an object, such as %(example)s.") % {"example": '{"mode": "Standard"}'})
    problems = [_("Unknown key %(key)s.") % {"key": key} for key in sorted(set(override) - {"mode", *TEXTS, *FLAGS})]
    problems += [_("%(key)s is a text.") % {"key": key} for key in TEXTS if not isinstance(override.get(key, ""), str)]
    problems += [_("%(key)s is true or false.") % {"key": key} for key in FLAGS if not isinstance(override.get(key, True), bool)]
    if override.get("mode", MODES[0]) not in MODES:
        problems.append(_("mode is Standard or Knative."))
    if problems:
        raise ValidationError(problems)
