"""The person behind a request, for endpoints and views that let only signed-in people in."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User


def caller(request: Any) -> User:
    """The signed-in person (an HttpRequest or a DRF Request); PermissionDenied for anyone else."""
    if not isinstance(request.user, User):
        raise PermissionDenied(_("Sign in first."))
    return request.user


def token_in_use(request: Any) -> ApiToken | None:
    """The API token that the request came with; None with a session."""
    auth = getattr(request, "auth", None)
    return auth if isinstance(auth, ApiToken) else None
