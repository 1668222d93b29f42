"""The states of a request and the one table of its transitions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a request stands. Only `pending` is open; all others are final."""

    PENDING = "pending", _("needs a decision")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")
    SUPERSEDED = "superseded", _("superseded")


class RequestOutcome(TextChoices):
    """What became of an approved request: approved and applied are two truths."""

    NONE = "", _("not decided")
    APPLYING = "applying", _("applying")
    APPLIED = "applied", _("applied")
    FAILED = "failed", _("failed")


TRANSITIONS: dict[str, frozenset[str]] = {
    State.PENDING: frozenset({State.APPROVED, State.REJECTED, State.WITHDRAWN, State.SUPERSEDED}),
    State.APPROVED: frozenset(),
    State.REJECTED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.SUPERSEDED: frozenset(),
}
