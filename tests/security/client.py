"""A client that sends forms and JSON alike, as a browser or as a script."""

from functools import cache
from typing import Any
from urllib.parse import urlencode

from rest_framework.test import APIClient, ForceAuthClientHandler


@cache
def _handler(csrf: bool) -> ForceAuthClientHandler:
    return ForceAuthClientHandler(csrf)


class AnyClient(APIClient):
    """Errors of the server are raised by the test client itself, so no answer of 500 goes unseen."""

    def __init__(self, enforce_csrf_checks: bool = False) -> None:
        super().__init__(enforce_csrf_checks)
        # Each handler loads the middleware, and that reads every static file: once is enough for a thousand clients.
        self.handler = _handler(enforce_csrf_checks)

    def generic_send(self, method: str, path: str, body: dict[str, Any], form: bool, headers: dict[str, str]) -> Any:
        """The answer to `body` as a form or as JSON."""
        if method == "GET":
            return self.get(path, headers=headers)
        if form:
            return self.generic(method, path, urlencode(body, doseq=True), "application/x-www-form-urlencoded", headers=headers)
        return getattr(self, method.lower())(path, body or None, format="json", headers=headers)
