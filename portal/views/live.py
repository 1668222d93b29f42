"""The event stream of the home page."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from approvals.queries import topics_for as requests_of
from deployments.views.live import topics_for as deployments_of
from streams.sse import sse_response


@require_safe
def home_live(request: HttpRequest) -> HttpResponseBase:
    """That something happened to a request or a deployment that this person may see; it ends when one of them is lost."""
    topics = topics_for(request.user)
    return sse_response(request, topics, lambda: topics <= topics_for(request.user))


def topics_for(user: Any) -> frozenset[str]:
    """Both together."""
    return requests_of(user) | deployments_of(user)
