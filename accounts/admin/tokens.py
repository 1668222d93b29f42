"""API tokens on the admin site: seen and revoked, never made for someone else."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts.actions import revoke_token
from accounts.admin.through_actions import ActionsAdmin
from accounts.caller import caller
from accounts.models import ApiToken


@admin.register(ApiToken)
class ApiTokenAdmin(ActionsAdmin):
    """The digest stays hidden, though it opens nothing."""

    list_display = ["token_key", "name", "user", "scopes", "expiry", "last_used_at"]
    search_fields = ["name", "user__username"]
    fields = ["token_key", "name", "user", "scopes", "created", "expiry", "last_used_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        revoke_token(actor=caller(request), token=obj)
