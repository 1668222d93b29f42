"""The admin site of deployments: a cluster's policy, and the places that belong to teams; through the actions only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.through_actions import ActionsAdmin
from accounts.caller import caller
from clusters.models import Cluster
from deployments.actions.govern import CHANGEABLE, give_prefix, set_policy, take_prefix
from deployments.models import DeploymentPolicy, StoragePrefix


@admin.register(DeploymentPolicy)
class DeploymentPolicyAdmin(ActionsAdmin):
    """One per cluster; a cluster without one has the defaults."""

    list_display = ["cluster", *CHANGEABLE]
    fields = ["cluster", *CHANGEABLE]

    def get_readonly_fields(self, request: HttpRequest, obj: DeploymentPolicy | None = None) -> list[str]:
        return ["cluster"] if obj else []

    def has_add_permission(self, request: HttpRequest) -> bool:
        """While there is a cluster without one."""
        return super().has_add_permission(request) and Cluster.objects.filter(deployment_policy=None).exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: DeploymentPolicy, form: Any, change: bool) -> None:
        names = form.changed_data if change else CHANGEABLE
        changes = {name: form.cleaned_data[name] for name in names if name in CHANGEABLE}
        obj.pk = set_policy(actor=caller(request), cluster=obj.cluster, **changes).pk


@admin.register(StoragePrefix)
class StoragePrefixAdmin(ActionsAdmin):
    """Given and taken back; a prefix is never changed into another one."""

    list_display = ["prefix", "team"]
    list_filter = ["team"]
    fields = ["team", "prefix"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: StoragePrefix, form: Any, change: bool) -> None:
        obj.pk = give_prefix(actor=caller(request), team=obj.team, prefix=obj.prefix).pk

    def delete_model(self, request: HttpRequest, obj: StoragePrefix) -> None:
        take_prefix(actor=caller(request), prefix=obj)
