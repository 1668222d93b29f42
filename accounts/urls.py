"""Addresses of sign-in and of the account pages. Nobody signs up here, so allauth's other routes are not there."""

from allauth.account import views as allauth
from django.urls import path

from accounts.views import audit, teams, tokens
from accounts.views.password import password_change

urlpatterns = [
    path("account/login/", allauth.login, name="account_login"),
    path("account/logout/", allauth.logout, name="account_logout"),
    path("account/inactive/", allauth.account_inactive, name="account_inactive"),
    path("account/password/", password_change, name="account_change_password"),
    path("account/tokens/", tokens.token_list, name="token_list"),
    path("account/tokens/<uuid:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("teams/<slug:name>/", teams.team_detail, name="team_detail"),
    path("teams/<slug:name>/members/<int:pk>/remove/", teams.member_remove, name="member_remove"),
    path("audit/", audit.audit_list, name="audit_list"),
]
