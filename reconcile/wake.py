"""Tells a worker that a row may be due. Only a hint: a lost one costs at most the sweep's interval."""

import logging
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)

TASK = "reconcile.run"
BACKLOG = "reconcile.work_off"
EXPIRES_SECONDS = 30


def wake(kind: str, pk: int) -> None:
    """Publishes the row's id after the running transaction commits; never fails and never takes longer than about half a second."""
    transaction.on_commit(partial(wake_now, kind, pk), robust=True)


def wake_now(kind: str, pk: int) -> bool:
    """Publishes at once. A hint expires, so that a dead worker's queue does not grow without end. False when it could not be sent."""
    return _send(TASK, [kind, pk], EXPIRES_SECONDS, f"{kind} {pk}")


def wake_for_backlog() -> bool:
    """Sends one worker to whatever is due; a message that waits for two turns of the sweep expires. False when it could not be sent."""
    return _send(BACKLOG, [], max(1.0, 2 * settings.SLIPWAY["SWEEP_SECONDS"]), "the backlog")


def _send(task: str, args: list[object], expires: float, what: str) -> bool:
    try:
        current_app.send_task(task, args=args, retry=False, expires=expires, ignore_result=True)
    except Exception as error:
        logger.warning("no wake-up for %s: %s", what, error)
        return False
    return True
