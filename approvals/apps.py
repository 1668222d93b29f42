"""Registers plans with the engine: a plan is made by a worker like everything else that touches a cluster."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = _("Approvals")

    def ready(self) -> None:
        """The engine learns of plans here, so that reconcile/ need not know this app."""
        from approvals.planning import PlanKind
        from reconcile.registry import register

        register(PlanKind())
