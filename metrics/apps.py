"""Starts the sampler beside each cluster's watcher."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MetricsConfig(AppConfig):
    name = "metrics"
    verbose_name = _("Metrics")

    def ready(self) -> None:
        """The package below learns of this app only here."""
        from clusters.observation.side_work import register_side_work
        from metrics.sampler import sample

        register_side_work("metrics", sample)
