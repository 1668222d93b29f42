"""Toy endpoints over teams, to try the frame without any resource of ours."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import path
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Team
from audit.action import action
from audit.errors import Conflict
from rest.etags import VersionedDetail
from rest.handlers import handler400, handler403, handler404, handler500
from rest.idempotency import IdempotentPost

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

FAILURES: dict[str, Exception] = {
    "not-found": Http404("secret reason"),
    "denied": PermissionDenied("Only an owner may."),
    "conflict": Conflict("The name is taken.", "taken"),
    "fields": ValidationError({"name": ["Too long.", "Not a name."]}),
    "whole": ValidationError("Start is after end."),
    "bug": RuntimeError("hunter2"),
}


class Shape(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=5)
    gpus = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False)


class TeamRow(serializers.ModelSerializer[Team]):
    class Meta:
        model = Team
        fields = ["name", "display_name"]


class Fail(APIView):
    permission_classes = [AllowAny]

    def get(self, request: Request, kind: str) -> Response:
        raise FAILURES[kind]

    def post(self, request: Request, kind: str) -> Response:
        Shape(data=request.data).is_valid(raise_exception=True)
        return Response({})


class Rows(IdempotentPost, ListAPIView[Team]):
    serializer_class = TeamRow
    queryset = Team.objects.order_by("name")

    def post(self, request: Request) -> Response:
        asked: Any = request.data
        team = make(actor=request.user, name=asked["name"], failure=asked.get("failure"))
        return Response({"name": team.name, "pk": team.pk}, status=201, headers={"Location": f"{request.path}{team.name}/"})


class Row(VersionedDetail, RetrieveAPIView[Team]):
    serializer_class = TeamRow
    queryset = Team.objects.all()
    lookup_field = "name"

    def patch(self, request: Request, name: str) -> Response:
        team = self.get_object()
        asked: Any = request.data
        team.change(display_name=asked["display_name"])
        return Response(TeamRow(team).data)


@action("toy.make")
def make(*, actor: Any, name: str, failure: str | None = None) -> Team:
    team = Team.objects.create(name=name, display_name=name)
    if failure:
        raise FAILURES[failure]
    return team


urlpatterns = [
    path("api/fail/<slug:kind>/", Fail.as_view()),
    path("api/rows/", Rows.as_view()),
    path("api/rows/<slug:name>/", Row.as_view()),
]
