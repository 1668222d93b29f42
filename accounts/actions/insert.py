"""Saves a new row, so that losing a race for a unique name is an answer and not a failure."""

from django.db import IntegrityError, models, transaction

from audit.errors import Conflict


def insert(row: models.Model) -> None:
    """Validate and save. ValidationError by field; Conflict "taken" when another took the name in the same moment."""
    row.full_clean()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(f"Someone else made the same {row._meta.verbose_name} just now. Look at the list and try again.", "taken") from error
