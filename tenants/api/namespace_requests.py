"""/api/v1/namespace-requests/: asking for a namespace. What is asked is then read and decided under /api/v1/requests/."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.caller import caller
from approvals.models import Request
from approvals.serializers import RequestDetailSerializer
from rest.etags import etag_of, require_match
from rest.idempotency import IdempotentPost
from tenants.actions import request_namespace, revise_namespace_request
from tenants.parsing import changed_wish
from tenants.serializers import NamespaceRequestChangeSerializer, NamespaceRequestSerializer
from tenants.wish import NamespaceWish


class NamespaceRequestsView(IdempotentPost, GenericAPIView[Request]):
    """Opens requests."""

    queryset = Request.objects.none()
    serializer_class = NamespaceRequestSerializer

    @extend_schema(responses={201: RequestDetailSerializer})
    def post(self, http: HttpRequest) -> Response:
        """Asks for a namespace; a worker then makes its plan."""
        given = NamespaceRequestSerializer(data=http.data, context={"request": http})
        given.is_valid(raise_exception=True)
        request = request_namespace(
            actor=caller(http), team=given.validated_data["team"], wish=given.wish(), justification=given.validated_data["justification"]
        )
        where = reverse("request-detail", args=[request.pk], request=http)
        headers = {"Location": where, "ETag": etag_of(request)}
        return Response(RequestDetailSerializer(request).data, status=status.HTTP_201_CREATED, headers=headers)


class NamespaceRequestView(GenericAPIView[Request]):
    """Changes an open request."""

    queryset = Request.objects.none()
    serializer_class = NamespaceRequestChangeSerializer

    @extend_schema(responses=RequestDetailSerializer)
    def put(self, http: HttpRequest, pk: int) -> Response:
        """Asks for other numbers: the next version, with a new plan. Needs If-Match with the ETag that was seen."""
        request = self._request(http, pk)
        require_match(http, request)
        given = self.get_serializer(data=http.data)
        given.is_valid(raise_exception=True)
        written = {key: value for key, value in given.validated_data.items() if key != "justification"}
        revised = revise_namespace_request(
            actor=caller(http),
            request=request,
            wish=changed_wish(NamespaceWish.load(request.requested), {"ends_at": None, **written}),
            justification=given.validated_data["justification"],
            seen_version=request.version,
        )
        return Response(RequestDetailSerializer(revised).data, headers={"ETag": etag_of(revised)})

    def _request(self, http: HttpRequest, pk: int) -> Request:
        seen = Request.objects.visible_to(http.user).filter(kind="namespace")
        self.queryset = seen.select_related("team", "requester", "prompted_by", "plan")
        return self.get_object()
