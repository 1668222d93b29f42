"""/api/v1/models/: what the registry holds."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.caller import caller
from registry.actions import register_model
from registry.api.answers import accepted
from registry.filters import ModelFilter
from registry.models import RegisteredModel
from registry.queries import models_seen_by
from registry.serializers import ChangeSerializer, ModelDetailSerializer, ModelSerializer, NewModelSerializer
from registry.usage import uses_of
from rest.idempotency import IdempotentPost


class Models(IdempotentPost, ListAPIView[RegisteredModel]):
    """Those that the caller may see."""

    serializer_class = ModelSerializer
    queryset = RegisteredModel.objects.none()
    filterset_class = ModelFilter
    ordering_fields = ["name", "team__name", "updated_at", "created_at"]

    def get_queryset(self) -> QuerySet[RegisteredModel]:
        """With what a row shows."""
        return models_seen_by(caller(self.request)).order_by("name")

    @extend_schema(request=NewModelSerializer, responses={202: ChangeSerializer})
    def post(self, http: Request) -> Response:
        """Bring a new model with its first version; poll the Location until `state` is done or failed."""
        given = NewModelSerializer(data=http.data, context={"request": http})
        given.is_valid(raise_exception=True)
        words = given.validated_data
        return accepted(http, register_model(actor=caller(http), name=words["name"], team=words["team"], origin=given.origin()))


class ModelDetail(RetrieveAPIView[RegisteredModel]):
    """One model. A stranger's is a 404."""

    serializer_class = ModelDetailSerializer
    queryset = RegisteredModel.objects.none()
    lookup_field = "name"

    def get_queryset(self) -> QuerySet[RegisteredModel]:
        """With what it shows."""
        return models_seen_by(caller(self.request))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """With where it is deployed."""
        model = self.get_object()
        context = {"uses": uses_of(caller(request), [model])[model.pk]}
        return Response(ModelDetailSerializer(model, context=context).data)
