"""The event streams of the catalogue's pages."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from registry.models import RegisteredModel
from registry.streaming import CATALOGUE, topic_of
from streams.sse import sse_response


@require_safe
def catalogue_live(request: HttpRequest) -> HttpResponseBase:
    """That the catalogue has changed; which models there are, each person asks for themselves."""
    return sse_response(request, [CATALOGUE], lambda: True)


@require_safe
def model_live(request: HttpRequest, name: str) -> HttpResponseBase:
    """What happens to one model and to the registry."""
    mine = RegisteredModel.objects.visible_to(request.user).filter(name=name)
    row = get_object_or_404(mine)
    return sse_response(request, [topic_of(row.pk), CATALOGUE], mine.all().exists)
