"""The lines of a namespace's or a pod's containers, live."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from clusters.models import Pod
from logs.asking import asked
from logs.sse import log_response
from tenants.models import Namespace
from tenants.queries import pods_of


@require_safe
def namespace_logs(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Of all its pods, or of those that the query names."""
    mine = Namespace.objects.visible_to(request.user).filter(pk=pk, deleted_at__isnull=True)
    namespace = get_object_or_404(mine)
    return follow(request, namespace, mine.all().exists)


@require_safe
def pod_logs(request: HttpRequest, pk: int, pod: str) -> HttpResponseBase:
    """Of one of its pods."""
    mine = Namespace.objects.visible_to(request.user).filter(pk=pk, deleted_at__isnull=True)
    namespace = get_object_or_404(mine)
    return follow(request, namespace, mine.all().exists, among=lambda: pods_of(namespace).filter(name=pod))


def follow(
    request: HttpRequest, namespace: Namespace, still_allowed: Callable[[], bool], *, among: Callable[[], QuerySet[Pod]] | None = None
) -> HttpResponseBase:
    """The stream that the query asks for, among these pods; a query that makes no sense is a 400 in words."""
    try:
        choice, beginning, _previous = asked(request.GET, namespace, among=among)
    except ValidationError as error:
        return HttpResponse("\n".join(error.messages), status=400, content_type="text/plain; charset=utf-8")
    return log_response(request, choice, beginning, still_allowed)
