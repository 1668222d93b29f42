"""Registers the synchronisation and the changes of the model registry with the engine."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = _("Models")

    def ready(self) -> None:
        """The engine learns of this app here, so that reconcile/ need not know it."""
        from reconcile.chores import register_chore
        from reconcile.registry import register
        from registry.address import ensure_registry
        from registry.carry.kind import ChangeKind
        from registry.owner import RegistryKind

        register(RegistryKind())
        register(ChangeKind())
        register_chore("model-registry", 1.0, ensure_registry)
