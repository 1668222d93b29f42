"""A page's last resort for what contradicts the present state: 409 with the reason, where the view had no better place for it."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from audit.errors import Conflict


class ConflictMiddleware(MiddlewareMixin):
    """REST answers are made by rest.problems; this is for the pages."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """409 for a Conflict, 422 for values that an action refused and no form caught."""
        if isinstance(exception, Conflict):
            return render(request, "409.html", {"reasons": [exception.message]}, status=409)
        if isinstance(exception, ValidationError):
            return render(request, "409.html", {"reasons": exception.messages}, status=422)
        return None
