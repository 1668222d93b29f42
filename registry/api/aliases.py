"""/api/v1/models/<name>/aliases/ and tags/: small changes, each a 202."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.caller import caller
from registry import actions
from registry.api.answers import accepted
from registry.api.of_model import OfModel
from registry.models import ModelAlias
from registry.serializers import AliasSerializer, AliasTargetSerializer, ChangeSerializer, TagSerializer
from rest.idempotency import IdempotentPost

KEY = OpenApiParameter("key", str, required=True, description="The tag's key.")
VERSION = OpenApiParameter("version", int, description="Of this version; without it, of the model.")


class Aliases(OfModel, ListAPIView[ModelAlias]):
    """Where the aliases point."""

    serializer_class = AliasSerializer
    queryset = ModelAlias.objects.none()
    ordering_fields = ["name"]

    def get_queryset(self) -> QuerySet[ModelAlias]:
        """Of the model in the address."""
        return self.model_of(self.request).aliases.select_related("version")


class Alias(OfModel):
    """One alias."""

    serializer_class = AliasTargetSerializer
    queryset = ModelAlias.objects.none()

    @extend_schema(responses={202: ChangeSerializer})
    def put(self, http: Request, name: str, alias: str) -> Response:
        """Point it to a version; poll the Location until `state` is done or failed."""
        model, words = self.model_of(http), self.given(http, AliasTargetSerializer).validated_data
        change = actions.set_alias(actor=caller(http), model=model, alias=alias, number=words["version"], seen=words["seen"])
        return accepted(http, change)

    @extend_schema(responses={202: ChangeSerializer})
    def delete(self, http: Request, name: str, alias: str) -> Response:
        """Remove it."""
        return accepted(http, actions.delete_alias(actor=caller(http), model=self.model_of(http), alias=alias))


class Tags(IdempotentPost, OfModel):
    """The tags of the model and of its versions; they are read with these."""

    serializer_class = TagSerializer
    queryset = ModelAlias.objects.none()

    @extend_schema(responses={202: ChangeSerializer})
    def post(self, http: Request, name: str) -> Response:
        """Set a tag."""
        model, words = self.model_of(http), self.given(http, TagSerializer).validated_data
        change = actions.set_tag(actor=caller(http), model=model, key=words["key"], value=words["value"], number=words["version"])
        return accepted(http, change)

    @extend_schema(parameters=[KEY, VERSION], responses={202: ChangeSerializer}, filters=False)
    def delete(self, http: Request, name: str) -> Response:
        """Remove a tag."""
        model = self.model_of(http)
        words = TagSerializer(data={**http.query_params.dict(), "value": ""})
        words.is_valid(raise_exception=True)
        key, number = words.validated_data["key"], words.validated_data["version"]
        return accepted(http, actions.delete_tag(actor=caller(http), model=model, key=key, number=number))
