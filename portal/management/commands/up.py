"""`manage.py up`: the quick start; `make run` calls it. A start that fails says one line."""

import contextlib
import ctypes
import logging
import os
import signal
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.supervisor.failure import CannotStart
from portal.supervisor.start import Start
from portal.supervisor.supervisor import TICK_SECONDS, Supervisor
from portal.supervisor.tether import PR_SET_PDEATHSIG

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    help = "Starts everything that the portal needs and keeps it running until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--end-with-parent", action="store_true", help="end also when the process that started this one dies")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits with 0 after Ctrl-C or SIGTERM, with 1 when the start failed."""
        begin = time.monotonic()
        if options["end_with_parent"]:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        try:
            start = Start(settings.DATA_DIR, say)
            supervisor = start.claim()
        except (CannotStart, OSError) as reason:
            sys.exit(f"slipway: {reason}")
        log_to_file()
        sys.exit(live(start, supervisor, begin))


def live(start: Start, supervisor: Supervisor, begin: float) -> int:
    """Start, watch, stop; the exit status."""
    on_signals(_interrupt)
    try:
        start.run(supervisor)
        start.announce(time.monotonic() - begin)
        while True:
            supervisor.tick()
            time.sleep(TICK_SECONDS)
    except KeyboardInterrupt:
        status = 0
    except CannotStart as reason:
        print(f"slipway: {reason}", file=sys.stderr, flush=True)
        status = 1
    except Exception as error:
        logging.getLogger(__name__).exception("the start failed")
        print(f"slipway: {type(error).__name__}: {error}; details: {settings.DATA_DIR / 'log' / 'up.log'}", file=sys.stderr, flush=True)
        status = 1
    finally:
        on_signals(lambda *_: setattr(supervisor, "hurry", True))
        say("stopping ...")
        supervisor.stop()
    say("stopped")
    return status


def say(text: str) -> None:
    """One progress line; a closed terminal does not keep the processes from being ended."""
    with contextlib.suppress(OSError):
        print(f"slipway: {text}", flush=True)


def on_signals(handler: Any) -> None:
    """The same answer to Ctrl-C, SIGTERM and a closed terminal, also where a shell had set them to be ignored."""
    for name in STOP_SIGNALS:
        signal.signal(name, handler)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def log_to_file() -> None:
    """What the prepared steps log goes to up.log, so that the terminal shows progress only."""
    handler = logging.FileHandler(settings.DATA_DIR / "log" / "up.log")
    handler.setFormatter(logging.getLogger().handlers[0].formatter if logging.getLogger().handlers else None)
    logging.basicConfig(handlers=[handler], force=True, level=logging.INFO)
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
