"""Registers deployments with the engine, their requests with approvals, their use of models with the catalogue."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeploymentsConfig(AppConfig):
    name = "deployments"
    verbose_name = _("Deployments")

    def ready(self) -> None:
        """The packages below learn of this app only here."""
        from approvals.kind_pages import register_page
        from approvals.registry import register as register_request
        from clusters.observation.event_hooks import on_events
        from deployments.actions import end_graces, end_with_namespace, propose_moved_version
        from deployments.marks import marks
        from deployments.owner import DeploymentKind
        from deployments.panel import in_namespace
        from deployments.remedies import remedies
        from deployments.request_kind import DeploymentRequest
        from deployments.request_page import DeploymentRequestPage
        from deployments.rollout_kind import RolloutKind
        from deployments.sampling import workloads
        from deployments.scaling.steps import note_events
        from deployments.usage import storage_of, uses
        from diagnosis.repairs import offers
        from metrics.marks import register_marks
        from metrics.workloads import register_workloads
        from reconcile.chores import register_chore
        from reconcile.registry import register
        from registry.hooks import on_alias_moved
        from registry.sources import team_storage
        from registry.usage import register_usage
        from tenants.hooks import on_removed
        from tenants.panels import register_panel

        register(DeploymentKind())
        register(RolloutKind())
        register_request(DeploymentRequest())
        register_page(DeploymentRequestPage())
        register_panel(in_namespace)
        register_chore("end-graces", 1.0, end_graces)
        register_usage(uses)
        register_workloads(workloads)
        register_marks(marks)
        if storage_of not in team_storage:
            team_storage.append(storage_of)
        if propose_moved_version not in on_alias_moved:
            on_alias_moved.append(propose_moved_version)
        if remedies not in offers:
            # Before what the namespace offers: a change of the deployment itself is the nearer one.
            offers.insert(0, remedies)
        if note_events not in on_events:
            on_events.append(note_events)
        if end_with_namespace not in on_removed:
            on_removed.append(end_with_namespace)
