"""The engine's Celery tasks: an id in, no result out."""

import socket

from celery import shared_task
from django.conf import settings

from reconcile import backlog
from reconcile.engine import reconcile
from reconcile.models import Heartbeat


@shared_task(name="reconcile.run")
def run(kind: str, pk: int) -> None:
    """One attempt at one row."""
    reconcile(kind, pk)


@shared_task(name="reconcile.work_off")
def work_off() -> None:
    """Attempts at what is due, until the sweep's next turn sends somebody."""
    backlog.work_off(settings.SLIPWAY["SWEEP_SECONDS"])


@shared_task(name="reconcile.worker_beat")
def worker_beat() -> None:
    """Proves the way from the sweep over the broker and a worker to the database."""
    Heartbeat.beat("worker", socket.gethostname())
