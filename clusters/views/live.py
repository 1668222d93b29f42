"""The event stream of a cluster's page."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from clusters.models import Cluster
from streams.sse import sse_response


@require_safe
def cluster_live(request: HttpRequest, name: str) -> HttpResponseBase:
    """Capacity, nodes and reachability of one cluster."""
    row = get_object_or_404(Cluster.objects.visible_to(request.user).only("pk"), name=name)
    return sse_response(request, [f"cluster.{row.pk}"], lambda: True)
