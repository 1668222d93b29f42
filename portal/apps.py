"""The composition root as an app: its commands, its template tags, and the chores of packages that know no engine."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        """rest/ stands below the engine, so its housekeeping is registered here."""
        from reconcile.chores import register_chore
        from rest.idempotency import forget_old_answers

        register_chore("forget-idempotent-answers", 3600.0, forget_old_answers)
