"""Runs every check on a wish."""

from django.core.exceptions import ValidationError

from audit.errors import Conflict
from deployments.checks import capacity, fields, place, source, trial
from deployments.checks.finding import Finding
from deployments.checks.subject import Subject

CHECKS = (place.check, source.check, fields.check, trial.check, capacity.check)


def findings(subject: Subject) -> list[Finding]:
    """All that speaks against it, what is wrong first. Reads the database only."""
    return in_order([finding for check in CHECKS for finding in check(subject)])


def in_order(found: list[Finding]) -> list[Finding]:
    """What is wrong first, then what blocks."""
    order = {"wrong": 0, "blocks": 1, "warns": 2}
    return sorted(found, key=lambda finding: order[finding.level])


def refuse(found: list[Finding], *, confirmed: bool) -> None:
    """Raises ValidationError per field for what is wrong, Conflict (code would_not_start) for what blocks and is not confirmed."""
    wrong: dict[str, list[str]] = {}
    for finding in found:
        if finding.level == "wrong":
            wrong.setdefault(finding.field or "__all__", []).append(finding.message)
    if wrong:
        raise ValidationError(wrong)
    blocking = [finding.message for finding in found if finding.level == "blocks"]
    if blocking and not confirmed:
        raise Conflict(" ".join(blocking), code="would_not_start")
