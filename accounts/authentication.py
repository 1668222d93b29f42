"""How the API knows its caller: a token in the Authorization header, else the session; and what a token's scopes allow."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from knox.crypto import hash_token
from rest_framework import exceptions, permissions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.models.token import Scope
from audit.record import record_denial


class ScopedTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer slw_...`. Any other scheme is left to the next class."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The person and the token, or None without a bearer token; AuthenticationFailed (401) on a bad one."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        token = self._token(parts[1]) if len(parts) == 2 else None
        if token is None or not token.is_live or not token.user.is_active:
            raise exceptions.AuthenticationFailed(_("The token is unknown, expired or revoked. Make a new one under your account."))
        ApiToken.objects.note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return self.keyword

    @staticmethod
    def _token(sent: bytes) -> ApiToken | None:
        # The digest of 256 random bits is looked up by equality: nothing is learnt from the time that takes.
        digest = hash_token(sent.decode("latin-1"))
        try:
            return ApiToken.objects.select_related("user").get(digest=digest)
        except ApiToken.DoesNotExist:
            return None


class IsAuthenticatedWithScope(permissions.IsAuthenticated):
    """Signed in; a token also needs `read` for safe methods, and `write` or the view's `required_scope` for the others."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if not isinstance(request.auth, ApiToken):
            return True
        needed = needed_scope(request, view)
        if needed in request.auth.scopes:
            return True
        self._refuse(request, needed)
        return False

    def _refuse(self, request: Request, needed: str) -> None:
        reason = _("The token lacks the scope “%(scope)s”.") % {"scope": needed}
        if request.method not in permissions.SAFE_METHODS:
            arguments = {"token": request.auth}
            record_denial(actor=request.user, action="token.use", arguments=arguments, reason=f"{reason} {request.path}")
        raise exceptions.PermissionDenied(reason, code="scope_missing")


def needed_scope(request: Request, view: Any) -> str:
    """The scope that a token must have for this call."""
    if request.method in permissions.SAFE_METHODS:
        return Scope.READ
    return getattr(view, "required_scope", None) or Scope.WRITE
