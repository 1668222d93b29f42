"""How long the objects of a deleted deployment are kept."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from deployments.parsing.problems import is_empty, parse_number

LONGEST_GRACE = 7 * 24 * 3600


def parse_grace(written: Any) -> int:
    """Seconds; 0 where nothing is written. Raises ValidationError at `grace_seconds`, which says the range."""
    try:
        return 0 if is_empty(written) else check_grace(parse_number(str(written)))
    except ValidationError:
        return check_grace(-1)


def check_grace(seconds: int) -> int:
    """The seconds themselves. Raises ValidationError at `grace_seconds` for what is out of range."""
    if not 0 <= seconds <= LONGEST_GRACE:
        message = _("A grace is a whole number of seconds from 0 to %(most)s (a week), such as 3600 for an hour.")
        raise ValidationError({"grace_seconds": message % {"most": LONGEST_GRACE}})
    return seconds
