"""Registers namespaces with the engine, their requests with approvals, and what must be done when memberships or dates change."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = _("Tenants")

    def ready(self) -> None:
        """The packages below learn of this app only here."""
        from accounts.membership_hooks import on_membership_changed
        from approvals.kind_pages import register_page
        from approvals.registry import register as register_request
        from diagnosis.repairs import offers
        from reconcile.chores import register_chore
        from reconcile.registry import register
        from tenants.actions import end_due_grants, refresh_team
        from tenants.owner import NamespaceKind
        from tenants.pod_metrics import on_pod
        from tenants.pod_parts import register_pod_part
        from tenants.remedies import remedies
        from tenants.request_kind import NamespaceRequest
        from tenants.request_page import NamespaceRequestPage

        register(NamespaceKind())
        register_request(NamespaceRequest())
        register_page(NamespaceRequestPage())
        register_pod_part(on_pod)
        register_chore("end-grants", 1.0, end_due_grants)
        if remedies not in offers:
            offers.append(remedies)
        if refresh_team not in on_membership_changed:
            on_membership_changed.append(refresh_team)
