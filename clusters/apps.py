"""Registers the clusters application and its chores."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from reconcile.chores import register_chore


class ClustersConfig(AppConfig):
    """Clusters, their capacity, and what the watcher saw in them."""

    name = "clusters"
    verbose_name = _("Clusters")

    def ready(self) -> None:
        """Hand the sweep what has to be done from time to time."""
        from clusters.bootstrap.renewal import renew_tokens
        from clusters.breaker import probe_open_breakers
        from clusters.observation.staleness import notice_missing_watcher

        register_chore("probe-open-breakers", 1.0, probe_open_breakers)
        register_chore("renew-cluster-tokens", 60.0, renew_tokens)
        register_chore("notice-missing-watcher", 5.0, notice_missing_watcher)
