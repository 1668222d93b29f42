"""How this process answers: counted where requests leave it, under the route and never under the address, which anybody may invent."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
ANSWERS = Counter("slipway_http_answers", "Answers of this process.", ["route", "method", "status"], registry=REGISTRY)
SECONDS = Histogram(
    "slipway_http_seconds",
    "From the request to the first byte of its answer.",
    ["route", "method"],
    registry=REGISTRY,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class TrafficMiddleware:
    """First in the list, so that what the others need is in the time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = self.get_response(request)
        route, method = _route(request), request.method if request.method in METHODS else "other"
        ANSWERS.labels(route, method, str(response.status_code)).inc()
        SECONDS.labels(route, method).observe(time.monotonic() - began)
        return response


def _route(request: HttpRequest) -> str:
    found = request.resolver_match
    return found.view_name or found.route if found else "none"
