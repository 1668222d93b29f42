"""/deployments/<id>/series/: requests, errors, times and what its pods use, over time; `by=revision` beside a candidate."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.caller import caller
from deployments.models import ModelDeployment
from metrics.api.answers import ANSWERS, BY_REVISION, PARAMETERS, SeriesView
from metrics.names import OF_WORKLOAD
from metrics.series import About


class DeploymentSeries(SeriesView):
    """Of all its pods together. A stranger's is a 404."""

    @extend_schema(parameters=[*PARAMETERS, BY_REVISION], responses=ANSWERS)
    def get(self, http: HttpRequest, pk: int) -> Response:
        """Request and limit are those of the pods that ran at each time."""
        row = get_object_or_404(ModelDeployment.objects.visible_to(caller(http)), pk=pk)
        return self.told(http, About(row.cluster_id, row.holder), OF_WORKLOAD, row.name)
