"""A browser without a window: forms are sent as forms."""

from django.test import Client

from accounts.models import User


def page_client(user: User) -> Client:
    """Signed in as `user`."""
    client = Client()
    client.force_login(user)
    return client
