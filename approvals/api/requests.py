"""/api/v1/requests/: what is asked, what a yes would do, and the decision. Opening one is the business of its kind."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.caller import caller
from approvals import actions
from approvals.filters import RequestFilter
from approvals.models import Request
from approvals.registry import request_kind
from approvals.serializers import (
    CommentSerializer,
    DecisionSerializer,
    PlanSerializer,
    ReasonSerializer,
    RefusalSerializer,
    RequestDetailSerializer,
    RequestSerializer,
)
from rest.etags import etag_of
from rest.idempotency import IdempotentPost


class RequestViewSet(IdempotentPost, viewsets.ReadOnlyModelViewSet[Request]):
    """Requests that the caller may see. A stranger's is a 404."""

    queryset = Request.objects.none()
    filterset_class = RequestFilter
    ordering_fields = ["created_at", "updated_at", "decided_at", "state"]
    required_scope: str | None = None

    def get_queryset(self) -> QuerySet[Request]:
        """With what a row shows."""
        return Request.objects.visible_to(self.request.user).select_related("team", "requester", "prompted_by", "decided_by", "plan")

    def get_serializer_class(self) -> Any:
        """The list leaves the story out."""
        return RequestSerializer if self.action == "list" else RequestDetailSerializer

    def retrieve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """With the ETag that a change of the request has to name."""
        row = self.get_object()
        return Response(RequestDetailSerializer(row).data, headers={"ETag": etag_of(row)})

    def _answer(self, request: Request, code: int = status.HTTP_200_OK) -> Response:
        return Response(RequestDetailSerializer(request).data, status=code)

    def _given(self, serializer: type[Any]) -> dict[str, Any]:
        given = serializer(data=self.request.data)
        given.is_valid(raise_exception=True)
        validated: dict[str, Any] = given.validated_data
        return validated

    @extend_schema(responses=PlanSerializer)
    @action(detail=True, methods=["get"])
    def plan(self, http: HttpRequest, pk: str) -> Response:
        """The newest dry run of everything that a yes would touch."""
        return Response(PlanSerializer(self.get_object().plan).data)

    @extend_schema(request=None, responses={202: PlanSerializer})
    @action(detail=True, methods=["post"], url_path="plan/refresh")
    def refresh_plan(self, http: HttpRequest, pk: str) -> Response:
        """Has the plan made anew; poll the Location."""
        request = self.get_object()
        plan = actions.refresh_plan(actor=caller(http), request=request)
        where = {"Location": http.build_absolute_uri("..")}
        return Response(PlanSerializer(plan).data, status=status.HTTP_202_ACCEPTED, headers=where)

    @extend_schema(request=DecisionSerializer, responses=RequestDetailSerializer)
    @action(detail=True, methods=["post"], required_scope="decide")
    def approve(self, http: HttpRequest, pk: str) -> Response:
        """Says yes to the version that was seen; 409 when it is stale, was decided, or does not fit any more."""
        request, given = self.get_object(), self._given(DecisionSerializer)
        numbers = given.get("decided")
        decided = request_kind(request.kind).parse_decision(request, numbers) if numbers else None
        approved = actions.approve_request(
            actor=caller(http),
            request=request,
            seen_version=given["version"],
            decided=decided,
            reason=given["reason"],
            confirmed=given["confirmed"],
        )
        return self._answer(approved)

    @extend_schema(request=RefusalSerializer, responses=RequestDetailSerializer)
    @action(detail=True, methods=["post"], required_scope="decide")
    def reject(self, http: HttpRequest, pk: str) -> Response:
        """Says no, with a reason."""
        request, given = self.get_object(), self._given(RefusalSerializer)
        return self._answer(
            actions.reject_request(actor=caller(http), request=request, seen_version=given["version"], reason=given["reason"])
        )

    @extend_schema(request=RefusalSerializer, responses=RequestDetailSerializer)
    @action(detail=True, methods=["post"], url_path="ask-for-changes", required_scope="decide")
    def ask_for_changes(self, http: HttpRequest, pk: str) -> Response:
        """Hands it back to the one who asked."""
        request, given = self.get_object(), self._given(RefusalSerializer)
        return self._answer(
            actions.ask_for_changes(actor=caller(http), request=request, seen_version=given["version"], reason=given["reason"])
        )

    @extend_schema(request=ReasonSerializer, responses=RequestDetailSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, http: HttpRequest, pk: str) -> Response:
        """Takes it back."""
        request, given = self.get_object(), self._given(ReasonSerializer)
        return self._answer(actions.withdraw_request(actor=caller(http), request=request, reason=given["reason"]))

    @extend_schema(request=CommentSerializer, responses={201: RequestDetailSerializer})
    @action(detail=True, methods=["post"])
    def comments(self, http: HttpRequest, pk: str) -> Response:
        """Adds a comment to the story."""
        request, given = self.get_object(), self._given(CommentSerializer)
        return self._answer(actions.comment_on_request(actor=caller(http), request=request, body=given["body"]), status.HTTP_201_CREATED)
