"""Registers the tab of namespaces and the part of a pod's page."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LogsConfig(AppConfig):
    name = "logs"
    verbose_name = _("Logs")

    def ready(self) -> None:
        """The package below learns of this app only here."""
        from logs.panel import in_namespace
        from logs.pod_part import on_pod
        from tenants.panels import register_panel
        from tenants.pod_parts import register_pod_part

        register_panel(in_namespace)
        register_pod_part(on_pod)
