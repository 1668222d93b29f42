"""Fixtures of the tests of accounts."""

from typing import Any

import pytest


@pytest.fixture
def plain_pages(settings: Any) -> None:
    """The libraries' own templates: those of the portal need the routes of the whole portal."""
    processors = [
        "template.context_processors.request",
        "contrib.auth.context_processors.auth",
        "contrib.messages.context_processors.messages",
    ]
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": [f"django.{name}" for name in processors]},
        }
    ]
