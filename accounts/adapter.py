"""What django-allauth asks of us: nobody signs up by themselves, and a new password goes through the action."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.actions import change_password

logger = logging.getLogger("slipway.sign_in")


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an admin or by the identity provider."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: Any, password: str) -> None:
        change_password(actor=user, user=user, password=password)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        # Never the name that was tried: people type passwords into the wrong field.
        logger.warning("sign-in refused, from %s", self.get_client_ip(request))
        super().authentication_failed(request, **credentials)
