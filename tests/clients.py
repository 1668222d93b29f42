"""HTTP clients for tests: by session with CSRF enforced as in a browser, or by token."""

from rest_framework.test import APIClient

from accounts.models import User
from tests.factories import make_token


def session_client(user: User | None = None, *, csrf: bool = False) -> APIClient:
    """Signed in as `user`, or anonymous; `csrf=True` enforces the CSRF check that test clients usually skip."""
    client = APIClient(enforce_csrf_checks=csrf)
    if user is not None:
        client.force_login(user)
    return client


def token_client(user: User, *scopes: str) -> APIClient:
    """Sends a fresh token of `user`, with scopes read and write unless named."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {make_token(user, *scopes)[1]}")
    return client
