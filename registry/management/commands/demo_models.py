"""Trains the quick start's models into the registry that MLFLOW_TRACKING_URI names; run again, it makes what is missing."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from registry import mlflow
from registry.tracking.client import Client
from registry.tracking.errors import RegistryRefused, RegistrySilent

POLL_SECONDS = 1.0


class Command(BaseCommand):
    help = "Train two small scikit-learn models into the model registry: three versions with the aliases champion and challenger."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", action="store_true", help="wait until the registry answers; do nothing if they were made once")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits with 1 and one line when there is no registry."""
        if not settings.MLFLOW_TRACKING_URI:
            sys.exit("MLFLOW_TRACKING_URI is not set: there is no registry to train into.")
        folder = settings.DATA_DIR / "mlflow"
        folder.mkdir(mode=0o700, exist_ok=True)
        done = folder / "demo-models-made"
        if options["wait"]:
            if done.exists():
                return
            while not answers():
                time.sleep(POLL_SECONDS)
        made = mlflow.train_examples(settings.MLFLOW_TRACKING_URI, folder)
        done.touch()
        self.stdout.write(f"Demo models made: {', '.join(made) or 'none was missing'}")


def answers() -> bool:
    """Whether the registry answers now."""
    with Client(settings.MLFLOW_TRACKING_URI, lambda: 3.0) as client:
        try:
            return bool(client.read("/health", 200))
        except (RegistrySilent, RegistryRefused):
            return False
