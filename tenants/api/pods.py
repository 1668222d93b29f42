"""/api/v1/namespaces/<id>/pods/<name>/: one pod, with why it does not run."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.caller import caller
from tenants.queries import namespaces_seen_by, pods_of
from tenants.reasons import story_of
from tenants.serializers import PodDetailSerializer


class PodView(APIView):
    """Of a namespace that the caller may see."""

    @extend_schema(responses=PodDetailSerializer)
    def get(self, http: HttpRequest, pk: int, pod: str) -> Response:
        """Its state, its containers, explanations with solutions, and its events merged; 404 for a pod that is gone."""
        namespace = get_object_or_404(namespaces_seen_by(caller(http)), pk=pk)
        found = get_object_or_404(pods_of(namespace), name=pod)
        story = story_of(found, namespace, caller(http))
        return Response(PodDetailSerializer(found, context={"explanations": story.explanations, "events": story.events}).data)
