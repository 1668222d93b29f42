"""Tells a worker that a row may be due. Only a hint: a lost one costs at most the sweep's interval."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

TASK = "reconcile.run"
EXPIRES_SECONDS = 30


def wake(kind: str, pk: int) -> None:
    """Publishes the row's id after the running transaction commits; never fails and never takes longer than about half a second."""
    transaction.on_commit(partial(wake_now, kind, pk), robust=True)


def wake_now(kind: str, pk: int) -> bool:
    """Publishes at once. A hint expires, so that a dead worker's queue does not grow without end. False when it could not be sent."""
    try:
        current_app.send_task(TASK, args=[kind, pk], retry=False, expires=EXPIRES_SECONDS, ignore_result=True)
    except Exception as error:
        logger.warning("no wake-up for %s %s: %s", kind, pk, error)
        return False
    return True
