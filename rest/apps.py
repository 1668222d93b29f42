"""The REST frame's app; it owns the stored answers of idempotent requests."""

from django.apps import AppConfig


class RestConfig(AppConfig):
    name = "rest"
