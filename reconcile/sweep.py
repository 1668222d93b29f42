"""The sweep finds what is due and wakes workers for it. It alone recovers everything when every message was lost."""

import logging
import os
import socket
import threading

from celery import current_app
from django.conf import settings
from django.db import close_old_connections

from reconcile import registry
from reconcile.attempt import park_crashed
from reconcile.backlog import backlog_size, in_hand
from reconcile.chores import register_chore, run_due_chores
from reconcile.leases import NamedLease
from reconcile.models import Heartbeat
from reconcile.upgrades import STEP_SECONDS, Walk
from reconcile.wake import wake_for_backlog

logger = logging.getLogger(__name__)


def sweep_once(slots: int) -> int:
    """Sends a worker to the backlog for each free slot, and no more than there are rows due. Returns how many were sent."""
    for kind in registry.kinds():
        park_crashed(kind)
    workers = backlog_size(max(0, slots - in_hand()))
    return next((sent for sent in range(workers) if not wake_for_backlog()), workers)


def send_worker_beat() -> None:
    """Asks any worker for a sign of life; an unanswered one expires before the next."""
    every = settings.SLIPWAY["HEARTBEAT_SECONDS"]
    current_app.send_task("reconcile.worker_beat", retry=False, expires=every, ignore_result=True)


def run_sweep(stop: threading.Event) -> None:
    """The `beat` role: once a second under the lease "sweep", until `stop` is set. A second instance stands by."""
    me = f"{socket.gethostname()}:{os.getpid()}"
    lease = NamedLease("sweep")
    interval = settings.SLIPWAY["SWEEP_SECONDS"]
    register_chore("render-again", STEP_SECONDS, Walk().step)
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
