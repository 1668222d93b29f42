"""What every change answers: accepted, and where to ask what became of it."""

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from registry.models import Change
from registry.serializers import ChangeSerializer


def accepted(http: Request, change: Change) -> Response:
    """202 with the change, and its address as Location."""
    where = reverse("api-model-change", args=[change.pk], request=http)
    return Response(ChangeSerializer(change).data, status=status.HTTP_202_ACCEPTED, headers={"Location": where})
