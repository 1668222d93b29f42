"""What all endpoints of one deployment share: whose it is, what they are told, how they answer."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import status, viewsets
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.caller import caller
from approvals.models import Request
from approvals.serializers import RequestDetailSerializer
from deployments.actions import Placed
from deployments.models import ModelDeployment
from deployments.queries import deployments_seen_by
from deployments.serializers.deployment import DeploymentDetailSerializer
from rest.etags import etag_of
from rest.idempotency import IdempotentPost

TRUE, FALSE = ("true", "1", "yes"), ("false", "0", "no")


class DeploymentRows(IdempotentPost, viewsets.GenericViewSet[ModelDeployment]):
    """Deployments that the caller may see. A stranger's is a 404."""

    queryset = ModelDeployment.objects.none()
    required_scope: str | None = None

    def get_queryset(self) -> QuerySet[ModelDeployment]:
        """With what a row shows."""
        return deployments_seen_by(caller(self.request))

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filters are for the list; a deleted deployment keeps its page."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def given(self, serializer: type[Any], **options: Any) -> Any:
        """The serializer of what was sent, valid."""
        given = serializer(data=self.request.data, context={"request": self.request}, **options)
        given.is_valid(raise_exception=True)
        return given

    def page(self, rows: Any, serializer: type[Any]) -> Response:
        """A page of rows."""
        return self.get_paginated_response(serializer(self.paginate_queryset(rows), many=True).data)

    def shown(self, row: ModelDeployment, code: int = status.HTTP_202_ACCEPTED) -> Response:
        """The deployment as it is wanted now; a worker makes the cluster equal to it, which can be polled at the Location."""
        fresh = self.get_queryset().get(pk=row.pk)
        where = {"Location": reverse("deployment-detail", args=[row.pk], request=self.request), "ETag": etag_of(fresh)}
        return Response(DeploymentDetailSerializer(fresh).data, status=code, headers=where)

    def placed(self, placed: Placed, code: int) -> Response:
        """The deployment with `code`, or 202 with the request that waits for a decision."""
        return self.shown(placed.deployment, code) if placed.deployment else self._asked(placed.request)

    def _asked(self, request: Request | None) -> Response:
        assert request is not None  # noqa: S101 - one of the two is there
        where = {"Location": reverse("request-detail", args=[request.pk], request=self.request)}
        return Response(RequestDetailSerializer(request).data, status=status.HTTP_202_ACCEPTED, headers=where)


def is_dry_run(http: HttpRequest) -> bool:
    """Whether `?dry_run=true` asks only what would happen. A word that is neither yes nor no must not come to deploy."""
    written = http.query_params.get("dry_run", "false").lower()
    if written not in (*TRUE, *FALSE):
        raise ValidationError({"dry_run": _("Write true or false.")})
    return written in TRUE
