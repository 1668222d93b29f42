"""The base of the admin classes: who may enter, and what an action's refusal looks like."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.policies import is_admin
from audit.errors import Conflict


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that admins may look at."""

    actions = None
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_admin(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_admin(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ActionsAdmin(ReadOnlyAdmin):
    """Rows that admins may change, through save_model and delete_model that call an action each."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_admin(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_admin(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_admin(request.user)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (Conflict, ValidationError) as refusal:
            return self._refused(request, refusal)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().delete_view(request, *args, **kwargs)
        except (Conflict, ValidationError) as refusal:
            return self._refused(request, refusal)

    def _refused(self, request: HttpRequest, refusal: Conflict | ValidationError) -> HttpResponse:
        texts = refusal.messages if isinstance(refusal, ValidationError) else [refusal.message]
        for text in texts:
            self.message_user(request, text, messages.ERROR)
        return HttpResponseRedirect(request.path)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Only the row itself is named: what follows from it is the action's business."""
        return [str(row) for row in objs], {}, set(), []
