"""/api/v1/deployments/<id>/predict/: one prediction, passed on to the model and its answer passed back as it is."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request as HttpRequest
from rest_framework.views import APIView

from accounts.caller import caller
from deployments.spec import Protocol
from deployments.trying import Asked, open_trial
from deployments.trying.limits import LARGEST_QUESTION

PROTOCOLS: Mapping[str | None, Protocol | None] = {None: None, "": None, "v1": "v1", "v2": "v2"}
PROTOCOL = OpenApiParameter("protocol", str, enum=["v1", "v2"], description="v2 is the Open Inference Protocol; default: the deployment's.")
REVISION = OpenApiParameter("X-Served-Revision", int, OpenApiParameter.HEADER, response=[200], description="Which revision answered.")
ANSWER = OpenApiResponse(OpenApiTypes.OBJECT, description="What the model answered, with its own status.")


class RawBody(BaseParser):
    """The body as it came: the model reads it, not the portal."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """At most one byte more than is passed on."""
        return stream.read(LARGEST_QUESTION + 1)


class Prediction(APIView):
    """Its rate is counted apart from that of the other endpoints."""

    parser_classes = [RawBody]
    throttle_classes = []

    @extend_schema(request=OpenApiTypes.OBJECT, responses={200: ANSWER}, parameters=[PROTOCOL, REVISION])
    def post(self, http: HttpRequest, pk: int) -> HttpResponse:
        """Asks the model: at most 1 MiB in, 4 MiB out, 30 s; 429 with Retry-After beyond the rate."""
        protocol = http.query_params.get("protocol")
        if protocol not in PROTOCOLS:
            raise ValidationError({"protocol": _("Choose v1 or v2.")})
        body = http.data if isinstance(http.data, bytes) else b""
        return passed_back(open_trial(caller(http), pk, body, PROTOCOLS[protocol]))


def passed_back(asked: Asked) -> HttpResponse:
    """The model's answer; what is no JSON is a file, never a page of the portal."""
    kind = "application/json" if asked.is_json else "application/octet-stream"
    response = HttpResponse(asked.body, status=asked.status, content_type=kind)
    response["Cache-Control"] = "no-store"
    if not asked.is_json:
        response["Content-Disposition"] = 'attachment; filename="answer"'
    if asked.revision is not None:
        response["X-Served-Revision"] = str(asked.revision)
    return response
