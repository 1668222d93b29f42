"""/api/v1/namespaces/<id>/pods/<name>/log/: the log of one container, as text or line by line as it grows."""

from django.http import Http404
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request as HttpRequest
from rest_framework.views import APIView

from accounts.caller import caller
from logs.asking import MOST_LINES, asked, is_on
from logs.sse import log_response
from logs.whole import log_of
from tenants.models import Namespace

PARAMETERS = [
    OpenApiParameter("container", str, description="Default: all of the pod while following, else the first."),
    OpenApiParameter("tail", int, description=f"So many lines before the end, at most {MOST_LINES}."),
    OpenApiParameter("since", str, description="Since a time ago, such as 30s, 15m, 2h, 1d."),
    OpenApiParameter("previous", bool, description="The run before this one: how a container that restarts has ended."),
    OpenApiParameter("timestamps", bool, description="Each line with its time."),
    OpenApiParameter("follow", bool, description="As Server-Sent Events, resumed by Last-Event-ID, until the client leaves."),
]


class PodLog(APIView):
    """Of a pod in a namespace that the caller may see."""

    @extend_schema(parameters=PARAMETERS, responses={(200, "text/plain"): OpenApiTypes.STR, (200, "text/event-stream"): OpenApiTypes.STR})
    def get(self, http: HttpRequest, pk: int, pod: str) -> HttpResponseBase:
        """At most 10 MiB, the newest; 404 for a pod that is gone, 503 when the cluster does not answer."""
        mine = Namespace.objects.visible_to(caller(http)).filter(pk=pk)
        namespace = get_object_or_404(mine)
        if is_on(http.query_params.get("follow", "")):
            wanted = asked(http._request.GET, namespace, pod=pod)
            if not wanted.choice.targets():
                raise Http404
            return log_response(http._request, wanted.choice, wanted.beginning, mine.all().exists)
        _target, text = log_of(namespace, pod, http._request.GET)
        return HttpResponse(text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
