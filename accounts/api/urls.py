"""The routes below /api/v1/; the composition root includes them."""

from django.urls import path

from accounts import converters  # noqa: F401  (registers <username:...>)
from accounts.api import openapi  # noqa: F401  (registers how the tokens are described)
from accounts.api.entries import Entries, EntryDetail
from accounts.api.me import Me
from accounts.api.members import MemberDetail, Members
from accounts.api.teams import TeamDetail, Teams
from accounts.api.tokens import TokenDetail, Tokens
from accounts.api.users import Deactivation, PlatformRoleDetail, PlatformRoles, UserDetail, Users

urlpatterns = [
    path("me/", Me.as_view(), name="api-me"),
    path("teams/", Teams.as_view(), name="api-teams"),
    path("teams/<slug:name>/", TeamDetail.as_view(), name="api-team"),
    path("teams/<slug:name>/members/", Members.as_view(), name="api-members"),
    path("teams/<slug:name>/members/<username:username>/", MemberDetail.as_view(), name="api-member"),
    path("tokens/", Tokens.as_view(), name="api-tokens"),
    path("tokens/<uuid:uid>/", TokenDetail.as_view(), name="api-token"),
    path("users/", Users.as_view(), name="api-users"),
    path("users/<username:username>/", UserDetail.as_view(), name="api-user"),
    path("users/<username:username>/deactivation/", Deactivation.as_view(), name="api-user-deactivation"),
    path("users/<username:username>/platform-roles/", PlatformRoles.as_view(), name="api-platform-roles"),
    path("users/<username:username>/platform-roles/<slug:role>/", PlatformRoleDetail.as_view(), name="api-platform-role"),
    path("audit-entries/", Entries.as_view(), name="api-audit-entries"),
    path("audit-entries/<int:pk>/", EntryDetail.as_view(), name="api-audit-entry"),
]
