"""Teams and memberships on the admin site."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts.actions import create_team, remove_membership, set_membership, update_team
from accounts.admin.through_actions import ActionsAdmin
from accounts.caller import caller
from accounts.models import Membership, Team


@admin.register(Team)
class TeamAdmin(ActionsAdmin):
    """Made and renamed; a team is not deleted, since its namespaces and audit entries name it."""

    list_display = ["name", "display_name", "idp_group", "created_at"]
    search_fields = ["name", "display_name"]
    fields = ["name", "display_name", "idp_group"]

    def get_readonly_fields(self, request: HttpRequest, obj: Team | None = None) -> list[str]:
        return ["name"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        if change:
            update_team(actor=caller(request), team=obj, display_name=obj.display_name, idp_group=obj.idp_group)
        else:
            made = create_team(actor=caller(request), name=obj.name, display_name=obj.display_name, idp_group=obj.idp_group)
            obj.pk = made.pk


@admin.register(Membership)
class MembershipAdmin(ActionsAdmin):
    """Who belongs to which team."""

    list_display = ["user", "team", "role", "created_at"]
    list_filter = ["role", "team"]
    fields = ["team", "user", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> list[str]:
        return ["team", "user"] if obj else []

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        obj.pk = set_membership(actor=caller(request), team=obj.team, user=obj.user, role=obj.role).pk

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        remove_membership(actor=caller(request), team=obj.team, user=obj.user)
