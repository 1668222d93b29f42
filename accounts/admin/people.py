"""People and platform roles on the admin site."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.db.models import Model
from django.http import HttpRequest

from accounts.actions import create_user, deactivate_user, reactivate_user, set_platform_role
from accounts.admin.through_actions import ActionsAdmin
from accounts.caller import caller
from accounts.models import PlatformRole, User


class NewPersonForm(forms.ModelForm):
    """A person with a first password."""

    password = forms.CharField(widget=forms.PasswordInput, strip=False)

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "password"]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.instance)
        return password


@admin.register(User)
class UserAdmin(ActionsAdmin):
    """Made here with a password; afterwards only `active` changes."""

    list_display = ["username", "display_name", "email", "is_active", "last_login"]
    list_filter = ["is_active", "platform_roles__role"]
    search_fields = ["username", "first_name", "last_name", "email"]
    fields = ["username", "first_name", "last_name", "email", "is_active", "last_login"]
    readonly_fields = ["username", "first_name", "last_name", "email", "last_login"]

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs) if obj else NewPersonForm

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.fields if obj else NewPersonForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.readonly_fields if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.pk = create_user(actor=caller(request), **{name: form.cleaned_data[name] for name in NewPersonForm.Meta.fields}).pk
            return
        act = reactivate_user if obj.is_active else deactivate_user
        act(actor=caller(request), user=User.objects.get(pk=obj.pk))


@admin.register(PlatformRole)
class PlatformRoleAdmin(ActionsAdmin):
    """Given and taken, never changed."""

    list_display = ["user", "role", "created_at"]
    list_filter = ["role"]
    fields = ["user", "role"]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: PlatformRole, form: Any, change: bool) -> None:
        set_platform_role(actor=caller(request), user=obj.user, role=obj.role, granted=True)
        obj.pk = PlatformRole.objects.get(user=obj.user, role=obj.role).pk

    def delete_model(self, request: HttpRequest, obj: PlatformRole) -> None:
        set_platform_role(actor=caller(request), user=obj.user, role=obj.role, granted=False)
