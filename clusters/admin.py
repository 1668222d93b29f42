"""The admin site of clusters: looking at everything, changing a little, and through the actions only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.through_actions import ActionsAdmin, ReadOnlyAdmin
from clusters.actions import change_cluster, change_flavor, set_ceiling
from clusters.models import CapacityAccount, Cluster, Drift, GpuFlavor, Node

FLAVOR_CHANGEABLE = ("tolerations", "tolerations_fixed", "runtime_class", "shared", "trusted_teams")
CHANGEABLE = ("display_name", "network_profile", "identity", "overcommit", "serving_override")


class ChangeOnlyAdmin(ActionsAdmin):
    """Rows that are made and ended elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Cluster)
class ClusterAdmin(ChangeOnlyAdmin):
    """A cluster; its kubeconfig is on no page."""

    list_display = ["name", "display_name", "version", "is_sandbox", "last_seen_at", "stale_since", "breaker_opened_at"]
    fields = ["name", *CHANGEABLE, "is_sandbox", "version", "capabilities", "credential_expires_at", "last_seen_at"]
    readonly_fields = ["name", "is_sandbox", "version", "capabilities", "credential_expires_at", "last_seen_at"]

    def save_model(self, request: HttpRequest, obj: Cluster, form: Any, change: bool) -> None:
        cluster = Cluster.objects.get(pk=obj.pk)
        change_cluster(actor=request.user, cluster=cluster, **{name: form.cleaned_data[name] for name in form.changed_data})


@admin.register(CapacityAccount)
class CapacityAccountAdmin(ChangeOnlyAdmin):
    """An account; its ceiling may be fixed."""

    list_display = ["cluster", "key", "installed", "ceiling", "ceiling_fixed", "granted"]
    list_filter = ["cluster"]
    fields = ["cluster", "key", "installed", "granted", "ceiling", "ceiling_fixed"]
    readonly_fields = ["cluster", "key", "installed", "granted"]

    def save_model(self, request: HttpRequest, obj: CapacityAccount, form: Any, change: bool) -> None:
        account = CapacityAccount.objects.get(pk=obj.pk)
        set_ceiling(actor=request.user, account=account, ceiling=form.cleaned_data["ceiling"], fixed=form.cleaned_data["ceiling_fixed"])


@admin.register(GpuFlavor)
class GpuFlavorAdmin(ChangeOnlyAdmin):
    """Flavors, and who may use those that are shared."""

    list_display = ["cluster", "name", "resource_name", "account", "source", "installed", "shared", "warning"]
    list_filter = ["cluster", "shared"]
    fields = ["cluster", "name", "resource_name", "node_selector", "installed", *FLAVOR_CHANGEABLE]
    readonly_fields = ["cluster", "name", "resource_name", "node_selector", "installed"]
    filter_horizontal = ["trusted_teams"]

    def save_model(self, request: HttpRequest, obj: GpuFlavor, form: Any, change: bool) -> None:
        flavor = GpuFlavor.objects.get(pk=obj.pk)
        change_flavor(actor=request.user, flavor=flavor, **{name: form.cleaned_data[name] for name in form.changed_data})

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The action has written who is trusted already."""


@admin.register(Node)
class NodeAdmin(ReadOnlyAdmin):
    """Nodes."""

    list_display = ["cluster", "name", "ready", "schedulable", "version", "observed_at"]
    list_filter = ["cluster", "ready"]


@admin.register(Drift)
class DriftAdmin(ReadOnlyAdmin):
    """Findings."""

    list_display = ["seen_at", "cluster", "kind", "namespace", "name", "found", "manager", "repaired_at"]
    list_filter = ["cluster", "kind", "found"]
