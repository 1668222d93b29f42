"""The event stream of a namespace's page."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from streams.sse import sse_response
from tenants.models import Namespace


@require_safe
def namespace_live(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What happens to one namespace and in it."""
    mine = Namespace.objects.visible_to(request.user).filter(pk=pk)
    get_object_or_404(mine)
    return sse_response(request, [f"namespace.{pk}"], mine.all().exists)
