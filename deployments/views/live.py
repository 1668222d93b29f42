"""The event streams of the deployments' pages."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from deployments.models import ModelDeployment
from deployments.queries import pods_of
from logs.views.live import follow
from streams.sse import sse_response
from tenants.models import Namespace


@require_safe
def deployment_live(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What happens to one deployment, and to pods and events in its namespace."""
    mine = ModelDeployment.objects.visible_to(request.user).filter(pk=pk)
    row = get_object_or_404(mine.select_related("namespace"))
    return sse_response(request, [row.holder, row.namespace.holder], mine.all().exists)


@require_safe
def deployment_logs(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The lines of its containers, of those too that start meanwhile."""
    mine = ModelDeployment.objects.visible_to(request.user).filter(pk=pk)
    row = get_object_or_404(mine.select_related("namespace"))
    # A page that was open when it went comes back once more, and is told that there is nothing to follow.
    stands = mine.filter(deleted_at__isnull=True)
    return follow(request, row.namespace, lambda: stands.all().exists(), among=lambda: pods_of(row))


@require_safe
def deployment_stream(request: HttpRequest) -> HttpResponseBase:
    """That something happened to a deployment that this person may see; it ends when a namespace is lost."""
    topics = topics_for(request.user)
    return sse_response(request, topics, lambda: topics <= topics_for(request.user))


def topics_for(user: Any) -> frozenset[str]:
    """The standing deployments that the user sees, and the namespaces in which others may appear."""
    spaces = Namespace.objects.visible_to(user).values_list("pk", flat=True)
    rows = ModelDeployment.objects.visible_to(user).values_list("pk", flat=True)
    return frozenset([*(f"namespace.{pk}" for pk in spaces), *(f"deployment.{pk}" for pk in rows)])
