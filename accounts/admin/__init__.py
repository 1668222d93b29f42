"""Django's admin site for accounts and the audit log: admins only, and every change runs the same action as everywhere."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.views.generic import RedirectView

from accounts.admin import entries, people, teams, tokens

__all__ = ["entries", "people", "teams", "tokens"]

# The site's own sign-in has no throttle; with this, people sign in on the portal's page.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Its own password form would leave no audit entry and keep other sessions alive.
admin.site.password_change = RedirectView.as_view(pattern_name="account_change_password")  # type: ignore[method-assign, assignment]
# Rows that mean nothing here and that a superuser could change past the audit log.
admin.site.unregister([Group, EmailAddress])
