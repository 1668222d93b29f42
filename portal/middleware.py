"""Last on the way out: headers that tell the browser to run nothing but our own files, and pages without control characters."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
# Terminal sequences and their like, which somebody wrote into a name or a log line: on a page they are nothing, copied from it they act.
CONTROLS = bytes(sorted({*range(32), 127} - {9, 10, 13}))
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class SecurityHeadersMiddleware:
    """Adds Content-Security-Policy and its like; a view that sets one of its own keeps it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return with_headers(request, without_controls(self.get_response(request)))


def with_headers(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response with our headers; what a signed-in person saw is kept by no cache."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("Permissions-Policy", PERMISSIONS)
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def without_controls(response: HttpResponse) -> HttpResponse:
    """A page without control characters; everything that is no page is left as it is."""
    if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
        response.content = response.content.translate(None, CONTROLS)
    return response
