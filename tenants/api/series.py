"""/namespaces/<id>/series/ and /namespaces/<id>/pods/<name>/series/: what is used over time, against quota, request and limit."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.caller import caller
from metrics.api.answers import ANSWERS, PARAMETERS, SeriesView
from metrics.names import OF_NAMESPACE, OF_POD
from tenants.models import Namespace
from tenants.queries import pods_of
from tenants.series import about_namespace, about_pod


class NamespaceSeries(SeriesView):
    """Of all its pods together. A stranger's is a 404."""

    @extend_schema(parameters=PARAMETERS, responses=ANSWERS)
    def get(self, http: HttpRequest, pk: int) -> Response:
        """`limit` is the quota."""
        row = get_object_or_404(Namespace.objects.visible_to(caller(http)), pk=pk)
        return self.told(http, about_namespace(row), OF_NAMESPACE, row.name)


class PodSeries(SeriesView):
    """Of one pod, for two days. One that is gone is a 404."""

    @extend_schema(parameters=PARAMETERS, responses=ANSWERS)
    def get(self, http: HttpRequest, pk: int, pod: str) -> Response:
        """`request` and `limit` are those of its containers together."""
        row = get_object_or_404(Namespace.objects.visible_to(caller(http)), pk=pk)
        seen = get_object_or_404(pods_of(row), name=pod)
        return self.told(http, about_pod(seen), OF_POD, seen.name)
