"""`manage.py beat`: the sweep's process."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from reconcile.sweep import run_sweep


class Command(BaseCommand):
    help = "Finds due rows each second and wakes workers for them (role: beat)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs until SIGTERM or SIGINT."""
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        run_sweep(stop)
