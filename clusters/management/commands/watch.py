"""`manage.py watch`: the watcher's process."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from clusters.observation.supervisor import Supervisor


class Command(BaseCommand):
    help = "Watches every connected cluster (role: watcher)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Runs until SIGTERM or SIGINT."""
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        Supervisor().run(stop)
