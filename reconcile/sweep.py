"""The sweep finds what is due and wakes workers for it. It alone recovers everything when every message was lost."""

import logging
import os
import socket
import threading

from celery import current_app
from django.conf import settings
from django.db import close_old_connections
from django.db.models.functions import Now

from reconcile import registry
from reconcile.attempt import park_crashed
from reconcile.chores import register_chore, run_due_chores
from reconcile.due import due
from reconcile.leases import NamedLease
from reconcile.models import Heartbeat
from reconcile.wake import wake_now

logger = logging.getLogger(__name__)


def sweep_once(slots: int) -> list[tuple[str, int]]:
    """Wakes workers for due rows, at most as many as there are free slots, oldest first. Returns what was woken."""
    woken: list[tuple[str, int]] = []
    for kind in registry.kinds():
        park_crashed(kind)
        slots -= kind.model._default_manager.filter(lease_until__gte=Now()).count()
    for kind in registry.kinds():
        for pk in due(kind.model).order_by("next_reconcile_at").values_list("pk", flat=True)[: max(0, slots - len(woken))]:
            if not wake_now(kind.name, pk):
                return woken
            woken.append((kind.name, pk))
    return woken


def send_worker_beat() -> None:
    """Asks any worker for a sign of life; an unanswered one expires before the next."""
    every = settings.SLIPWAY["HEARTBEAT_SECONDS"]
    current_app.send_task("reconcile.worker_beat", retry=False, expires=every, ignore_result=True)


def run_sweep(stop: threading.Event) -> None:
    """The `beat` role: once a second under the lease "sweep", until `stop` is set. A second instance stands by."""
    me = f"{socket.gethostname()}:{os.getpid()}"
    lease = NamedLease("sweep")
    interval = settings.SLIPWAY["SWEEP_SECONDS"]
    register_chore("worker-beat", settings.SLIPWAY["HEARTBEAT_SECONDS"], send_worker_beat)
    while not stop.is_set():
        try:
            _turn(lease, me, interval)
        except Exception:
            logger.exception("the sweep's turn failed; the next one is in %s s", interval)
        close_old_connections()
        stop.wait(interval)
    lease.release()


def _turn(lease: NamedLease, me: str, interval: float) -> None:
    if not lease.acquire(me, max(5.0, 5 * interval)):
        return
    Heartbeat.beat("beat", me)
    sweep_once(int(settings.SLIPWAY["WORKER_SLOTS"]))
    run_due_chores()
