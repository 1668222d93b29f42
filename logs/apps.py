"""Registers the tab of namespaces."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LogsConfig(AppConfig):
    name = "logs"
    verbose_name = _("Logs")

    def ready(self) -> None:
        """The package below learns of this app only here."""
        from logs.panel import in_namespace
        from tenants.panels import register_panel

        register_panel(in_namespace)
