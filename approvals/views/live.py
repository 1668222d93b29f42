"""The event streams of the request pages."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.caller import caller
from approvals.kind_pages import kind_page
from approvals.models import Request
from approvals.queries import topics_for
from approvals.streaming import topic_of
from streams.sse import sse_response


@require_safe
def request_live(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What happens to one request and to what it became."""
    mine = Request.objects.visible_to(request.user).filter(pk=pk)
    row = get_object_or_404(mine)
    topics = [topic_of(row), kind_page(row.kind).steps(row, caller(request)).topic]
    return sse_response(request, [topic for topic in topics if topic], mine.all().exists)


@require_safe
def request_stream(request: HttpRequest) -> HttpResponseBase:
    """That something happened to a request that this person may see; the page asks again. It ends when a team is lost."""
    topics = topics_for(request.user)
    return sse_response(request, topics, lambda: topics <= topics_for(request.user))
