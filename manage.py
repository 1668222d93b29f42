#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from environs.exceptions import EnvError


def main() -> None:
    """Runs a command; a setting with a wrong value, or a data folder that cannot be used, is one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        _ = settings.SECRET_KEY
    except (EnvError, ImproperlyConfigured, OSError, ValueError) as error:
        sys.exit(f"slipway: {error}; docs/settings.md describes every setting.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
