"""Which names a deployment may have."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# KServe makes host names of it, <name>-r12-predictor-<namespace>, whose labels end at 63 characters; with 40 there is room.
LONGEST = 40
SHAPE = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?", re.ASCII)


def validate_deployment_name(name: str) -> None:
    """Raises ValidationError, with what to do, for a name that KServe could not serve under."""
    if len(name) > LONGEST:
        message = _("This name has %(length)s characters; use at most %(most)s.")
        raise ValidationError(message % {"length": len(name), "most": LONGEST}, code="too_long")
    if not SHAPE.fullmatch(name):
        message = _("Use lowercase letters a-z, digits and hyphens, beginning with a letter, such as defect-detector.")
        raise ValidationError(message, code="malformed")
    if name.endswith("-predictor") or re.search(r"-r\d+$", name):
        message = _("“%(name)s” ends like the parts that are made of a deployment. Choose another end.")
        raise ValidationError(message % {"name": name}, code="reserved")
