"""How a candidate is tried: its share, and what ends the trial by itself."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from deployments.parsing.problems import Problems, is_empty
from deployments.wish import Trial

PERCENT = re.compile(r"\d{1,3}(\.\d{1,2})?", re.ASCII)


def parse_trial(written: Mapping[str, Any] | None) -> Trial | None:
    """None where no share is written. `max_errors` in percent, `max_p99` in milliseconds. Raises ValidationError per field."""
    if not written or is_empty(written.get("share")):
        return None
    problems = Problems()
    errors = problems.read("max_errors", written.get("max_errors"), _percent, -1.0)
    trial = Trial(
        share=problems.number(written, "share", 0),
        max_errors=None if errors < 0 else errors,
        max_p99=problems.optional_number(written, "max_p99"),
        min_requests=problems.number(written, "min_requests", 100),
    )
    if trial.share > 100:
        problems.note("share", _("A share goes from 0 to 100 percent."))
    problems.end()
    return trial


def _percent(text: str) -> float:
    if not PERCENT.fullmatch(text) or float(text) > 100:
        raise ValidationError(_("Write a percentage from 0 to 100, such as 5 or 0.5."))
    return float(text)
